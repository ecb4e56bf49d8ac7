from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "matricula.lms.ledger"
    label = "ledger"
