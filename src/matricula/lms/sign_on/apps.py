from importlib import import_module

from django.apps import AppConfig


class SignOnConfig(AppConfig):
    name = "matricula.lms.sign_on"
    label = "sign_on"

    def ready(self) -> None:
        import_module("matricula.lms.sign_on.admin")  # nobody else looks for it
