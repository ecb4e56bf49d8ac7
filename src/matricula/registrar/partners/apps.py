from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "matricula.registrar.partners"
    label = "partners"
