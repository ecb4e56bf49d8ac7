from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "matricula.lms.changes"
    label = "changes"
