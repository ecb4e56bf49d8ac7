from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "matricula.registrar.uploads"
    label = "uploads"
