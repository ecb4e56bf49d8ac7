from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "matricula.lms.rosters"
    label = "rosters"
