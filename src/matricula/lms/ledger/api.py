"""The door of the ledger."""

from matricula.lms.ledger.erasing import erase_from_ledger
from matricula.lms.ledger.models import Change, ChangeSet
from matricula.lms.ledger.recalling import ROWS_AS_OF
from matricula.lms.ledger.recording import recorded
from matricula.lms.ledger.triggers import record_changes

__all__ = [
    "ROWS_AS_OF",
    "Change",
    "ChangeSet",
    "erase_from_ledger",
    "record_changes",
    "recorded",
]
