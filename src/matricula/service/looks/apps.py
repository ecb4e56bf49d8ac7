from django.apps import AppConfig


class LooksConfig(AppConfig):
    name = "matricula.service.looks"
    label = "looks"
