from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "matricula.lms.catalog"
    label = "catalog"
