"""The door of accounts."""

from matricula.lms.accounts.models import Account

__all__ = ["Account"]
