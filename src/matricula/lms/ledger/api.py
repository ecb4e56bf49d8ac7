"""The door of the ledger."""

from matricula.lms.ledger.erasing import erase_from_ledger
from matricula.lms.ledger.matching import ERASED, Names, is_distinctive, match_words
from matricula.lms.ledger.models import Change, ChangeSet
from matricula.lms.ledger.numbering import continue_numbering, is_numbered_elsewhere
from matricula.lms.ledger.recalling import (
    list_deleted_rows,
    list_identities_once_of,
    list_rows_as_of,
)
from matricula.lms.ledger.recording import (
    REASON_LENGTH,
    InvalidReason,
    NamedChangeSet,
    collecting_change_sets,
    recorded,
    recording,
    require_storable_reason,
)
from matricula.lms.ledger.triggers import record_changes

__all__ = [
    "ERASED",
    "REASON_LENGTH",
    "Change",
    "ChangeSet",
    "InvalidReason",
    "NamedChangeSet",
    "Names",
    "collecting_change_sets",
    "continue_numbering",
    "erase_from_ledger",
    "is_distinctive",
    "is_numbered_elsewhere",
    "list_deleted_rows",
    "list_identities_once_of",
    "list_rows_as_of",
    "match_words",
    "record_changes",
    "recorded",
    "recording",
    "require_storable_reason",
]
