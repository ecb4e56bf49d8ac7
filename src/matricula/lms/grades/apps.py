from django.apps import AppConfig


class GradesConfig(AppConfig):
    name = "matricula.lms.grades"
    label = "grades"
