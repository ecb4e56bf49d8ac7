from django.apps import AppConfig


class AddressesConfig(AppConfig):
    name = "matricula.lms.addresses"
    label = "addresses"
