from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "matricula.registrar.catalog"
    label = "catalog"
