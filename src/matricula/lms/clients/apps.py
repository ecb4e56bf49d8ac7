from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "matricula.lms.clients"
    label = "clients"
