from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "matricula.registrar.accounts"
    label = "accounts"
