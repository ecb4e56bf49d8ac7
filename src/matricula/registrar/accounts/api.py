"""The door of accounts."""

from matricula.registrar.accounts.acting import actor_of
from matricula.registrar.accounts.keeping_keys import forget_keys
from matricula.registrar.accounts.models import Account
from matricula.registrar.accounts.recognizing import (
    BadToken,
    Caller,
    Claims,
    read_token,
    recognize_caller,
)
from matricula.registrar.accounts.seeing import see_account

__all__ = [
    "Account",
    "BadToken",
    "Caller",
    "Claims",
    "actor_of",
    "forget_keys",
    "read_token",
    "recognize_caller",
    "see_account",
]
