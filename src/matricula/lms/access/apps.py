from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "matricula.lms.access"
    label = "access"
