from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "matricula.lms.plans"
    label = "plans"
