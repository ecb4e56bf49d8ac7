"""The door of the kernel."""

from matricula.lms.kernel.actors import Actor, ActorKind
from matricula.lms.kernel.keys import KEY_LENGTH, UNSTORABLE, find_key_fault
from matricula.lms.kernel.locking import (
    TAKE_LOCKS,
    Lock,
    Wanted,
    as_lock_params,
    lock_in_turn_until_commit,
    lock_until_commit,
)
from matricula.lms.kernel.preparing import prepared_cursor, sent_together
from matricula.lms.kernel.reckoning import in_utc
from matricula.lms.kernel.repeats import Repeats, find_repeats, group_repeats, repeated_on
from matricula.lms.kernel.staging import Source, as_array, stage
from matricula.lms.kernel.verdicts import (
    Action,
    Foreseen,
    Judgement,
    Verdict,
    WriteMode,
    fill_codes,
    merge_codes,
    refuse,
)
from matricula.service.folding import fold, strip_key
from matricula.service.losing import is_connection_lost
from matricula.service.migrating import migration_lock
from matricula.service.quoting import quote
from matricula.service.reaching import DatabaseAway, require_database
from matricula.service.refusals import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    Unavailable,
)

__all__ = [
    "KEY_LENGTH",
    "TAKE_LOCKS",
    "UNSTORABLE",
    "Action",
    "Actor",
    "ActorKind",
    "Conflict",
    "DatabaseAway",
    "Foreseen",
    "Invalid",
    "Judgement",
    "Lock",
    "NotAllowed",
    "NotFound",
    "Refusal",
    "Repeats",
    "Source",
    "Unavailable",
    "Verdict",
    "Wanted",
    "WriteMode",
    "as_array",
    "as_lock_params",
    "fill_codes",
    "find_key_fault",
    "find_repeats",
    "fold",
    "group_repeats",
    "in_utc",
    "is_connection_lost",
    "lock_in_turn_until_commit",
    "lock_until_commit",
    "merge_codes",
    "migration_lock",
    "prepared_cursor",
    "quote",
    "refuse",
    "repeated_on",
    "require_database",
    "sent_together",
    "stage",
    "strip_key",
]
