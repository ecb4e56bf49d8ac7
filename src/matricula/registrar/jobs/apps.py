from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "matricula.registrar.jobs"
    label = "jobs"
