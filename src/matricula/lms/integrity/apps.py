from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "matricula.lms.integrity"
    label = "integrity"
