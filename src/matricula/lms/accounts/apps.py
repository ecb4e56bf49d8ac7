from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "matricula.lms.accounts"
    label = "accounts"
