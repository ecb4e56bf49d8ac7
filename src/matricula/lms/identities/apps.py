from django.apps import AppConfig


class IdentitiesConfig(AppConfig):
    name = "matricula.lms.identities"
    label = "identities"
