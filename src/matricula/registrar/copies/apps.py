from django.apps import AppConfig


class CopiesConfig(AppConfig):
    name = "matricula.registrar.copies"
    label = "copies"
