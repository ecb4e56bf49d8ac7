"""The door of accounts."""

from matricula.registrar.accounts.acting import actor_of
from matricula.registrar.accounts.keeping_keys import forget_keys
from matricula.registrar.accounts.models import Account
from matricula.registrar.accounts.passing import (
    NotPassed,
    Passage,
    address_of_passage,
    begin_passage,
    complete_passage,
)
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
    "NotPassed",
    "Passage",
    "actor_of",
    "address_of_passage",
    "begin_passage",
    "complete_passage",
    "forget_keys",
    "read_token",
    "recognize_caller",
    "see_account",
]
