from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "matricula.registrar.files"
    label = "files"
