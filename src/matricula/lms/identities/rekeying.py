"""Rekeying: a school calls its students by other keys now.

Where nobody has mentioned the new key yet, the identity itself is renamed: everything made for it,
bound or waiting, goes on under the new key. Where a roster has brought the new key already, both
keys are bound to one account, so that what was made under either is theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.binding import require_reason
from matricula.lms.kernel.api import (
    Actor,
    Lock,
    find_key_fault,
    fold,
    lock_until_commit,
    stage,
    strip_key,
)
from matricula.lms.ledger.api import recorded


@dataclass(frozen=True, slots=True)
class Rekeying:
    """That the school calls whom it called ``old`` by ``new``."""

    old: str
    new: str


class RekeyVerdict(StrEnum):
    """What becomes, or would become, of one student."""

    RENAMED = "renamed"
    """All that is the old key's is the new key's."""
    JOINED = "joined"
    """Both keys are one account's now."""
    ALREADY = "already"
    """Nothing is left to do: it was done, or both are one account's."""
    BOTH_WAIT = "both-wait"
    """Rosters have both keys, and nobody has proven either."""
    UNKNOWN = "unknown"
    """Nobody has mentioned either key."""
    CONFLICT = "conflict"
    """The keys are two accounts': support has to look."""
    REPEATED = "repeated"
    """A key is on another line as well, or new on one and old on another."""
    INVALID = "invalid"
    """A key cannot be one, or both are the same."""
    RETIRED = "retired"
    """One of them was retired."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """The answer for one student: the verdict, and what waits under either key.

    ``old`` and ``new`` are ``bound``, ``waiting``, ``unknown`` or ``retired``, as they stood
    before.
    """

    verdict: RekeyVerdict
    old: str = ""
    new: str = ""


# One probe for each key of each row, whatever the planner believes (ADR 0005). Rows are locked in
# the order of their folded keys, old and new together, as everywhere.
LOCK = """
SELECT count(*) FROM (
    SELECT i.id
    FROM (
        SELECT folded FROM (
            SELECT old AS folded FROM {incoming} AS r UNION SELECT new FROM {incoming} AS r
        ) AS either
        ORDER BY folded COLLATE "C"
    ) AS wanted
    JOIN LATERAL (
        SELECT id FROM identity
        WHERE kind = 'student_key' AND organization_id = %(organization_id)s
          AND folded = wanted.folded
        LIMIT 1 FOR NO KEY UPDATE
    ) AS i ON true
) AS locked
"""

JUDGE = """
SELECT r.position, old.id, old.account_id, old.retired_at IS NOT NULL,
       new.id, new.account_id, new.retired_at IS NOT NULL
FROM {incoming} AS r
LEFT JOIN LATERAL (
    SELECT id, account_id, retired_at FROM identity
    WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND folded = r.old
    LIMIT 1
) AS old ON true
LEFT JOIN LATERAL (
    SELECT id, account_id, retired_at FROM identity
    WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND folded = r.new
    LIMIT 1
) AS new ON true
"""

RENAME = """
UPDATE identity SET value = renamed.value, folded = renamed.folded
FROM unnest(%(ids)s::bigint[], %(values)s::text[], %(folded)s::text[])
    AS renamed (id, value, folded)
WHERE identity.id = renamed.id
"""

JOIN = """
UPDATE identity SET account_id = joined.account_id, bound_at = %(at)s, bound_via = 'staff'
FROM unnest(%(ids)s::bigint[], %(account_ids)s::bigint[]) AS joined (id, account_id)
WHERE identity.id = joined.id
"""

COLUMNS = {"position": "bigint", "old": "text", "new": "text"}


@dataclass(frozen=True, slots=True)
class _Found:
    old_id: int | None
    old_account: int | None
    old_retired: bool
    new_id: int | None
    new_account: int | None
    new_retired: bool


def plan_rekeying(*, organization_id: int, pairs: Sequence[Rekeying], by: Actor) -> list[Rekeyed]:
    """Answer for each student what ``rekey_students`` would do, and do nothing.

    Raises:
        PermissionMissing: the actor may not link identities there.
    """
    require_permission(by, Permission.IDENTITIES_LINK, organization_id=organization_id)
    with transaction.atomic(), connection.cursor() as cursor:
        answers, _ = _judge(cursor, organization_id, pairs)
    return answers


def rekey_students(
    *, organization_id: int, pairs: Sequence[Rekeying], by: Actor, at: datetime, reason: str
) -> list[Rekeyed]:
    """Move students from old keys to new ones, in a fixed number of statements, and answer each.

    Each stands for itself, and running it again changes nothing. All in one transaction, before
    which writers of the school's rosters finish, and for whose end they wait.

    Raises:
        InvalidReason: the reason cannot be kept.
        PermissionMissing: the actor may not link identities there.
        ReasonMissing: there is no reason.
    """
    require_permission(by, Permission.IDENTITIES_LINK, organization_id=organization_id)
    require_reason(reason)
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        lock_until_commit(Lock.MENTION, [organization_id])
        answers, found = _judge(cursor, organization_id, pairs, locking=True)
        _rename(cursor, pairs, answers, found)
        _join(cursor, answers, found, at=at)
    return answers


def _judge(
    cursor: CursorWrapper,
    organization_id: int,
    pairs: Sequence[Rekeying],
    *,
    locking: bool = False,
) -> tuple[list[Rekeyed], dict[int, _Found]]:
    answers = _sift(pairs)
    positions = [position for position, answer in enumerate(answers) if answer is None]
    found = _look_up(cursor, organization_id, pairs, positions, locking=locking)
    judged = [answer or _answer(found[position]) for position, answer in enumerate(answers)]
    return judged, found


def _sift(pairs: Sequence[Rekeying]) -> list[Rekeyed | None]:
    """Judge what needs no database."""
    lines: dict[str, set[int]] = {}
    for position, pair in enumerate(pairs):
        for key in (pair.old, pair.new):
            lines.setdefault(fold(key), set()).add(position)
    return [_sift_one(pair, lines) for pair in pairs]


def _sift_one(pair: Rekeying, lines: dict[str, set[int]]) -> Rekeyed | None:
    keys = strip_key(pair.old), strip_key(pair.new)
    if any(find_key_fault(key) for key in keys) or fold(pair.old) == fold(pair.new):
        return Rekeyed(RekeyVerdict.INVALID)
    if any(len(lines[fold(key)]) > 1 for key in keys):
        return Rekeyed(RekeyVerdict.REPEATED)
    return None


def _look_up(
    cursor: CursorWrapper,
    organization_id: int,
    pairs: Sequence[Rekeying],
    positions: Sequence[int],
    *,
    locking: bool,
) -> dict[int, _Found]:
    values: dict[str, Sequence[Any]] = {
        "position": positions,
        "old": [fold(pairs[position].old) for position in positions],
        "new": [fold(pairs[position].new) for position in positions],
    }
    staged = stage(cursor, name="rekeyings", columns=COLUMNS, values=values)
    params = {**staged.params, "organization_id": organization_id}
    if locking:
        cursor.execute(LOCK.format(incoming=staged.relation), params)
    cursor.execute(JUDGE.format(incoming=staged.relation), params)
    return {position: _Found(*rest) for position, *rest in cursor.fetchall()}


def _answer(found: _Found) -> Rekeyed:
    old = _describe(found.old_id, found.old_account, is_retired=found.old_retired)
    new = _describe(found.new_id, found.new_account, is_retired=found.new_retired)
    return Rekeyed(_decide(found), old, new)


def _describe(id_: int | None, account_id: int | None, *, is_retired: bool) -> str:
    if id_ is None:
        return "unknown"
    if is_retired:
        return "retired"
    return "waiting" if account_id is None else "bound"


def _decide(found: _Found) -> RekeyVerdict:
    if found.old_retired or found.new_retired:
        return RekeyVerdict.RETIRED
    if found.old_id is None:
        return RekeyVerdict.UNKNOWN if found.new_id is None else RekeyVerdict.ALREADY
    if found.new_id is None:
        return RekeyVerdict.RENAMED
    accounts = {found.old_account, found.new_account}
    if accounts == {None}:
        return RekeyVerdict.BOTH_WAIT
    if None in accounts:
        return RekeyVerdict.JOINED
    return RekeyVerdict.ALREADY if len(accounts) == 1 else RekeyVerdict.CONFLICT


def _rename(
    cursor: CursorWrapper,
    pairs: Sequence[Rekeying],
    answers: Sequence[Rekeyed],
    found: dict[int, _Found],
) -> None:
    chosen = [
        (found[position].old_id, strip_key(pair.new), fold(pair.new))
        for position, (pair, answer) in enumerate(zip(pairs, answers, strict=True))
        if answer.verdict is RekeyVerdict.RENAMED
    ]
    if chosen:
        ids, values, folded = (list(column) for column in zip(*chosen, strict=True))
        params: dict[str, Any] = {"ids": ids, "values": values, "folded": folded}
        cursor.execute(RENAME, params)


def _join(
    cursor: CursorWrapper, answers: Sequence[Rekeyed], found: dict[int, _Found], *, at: datetime
) -> None:
    joined = [
        found[at_] for at_, each in enumerate(answers) if each.verdict is RekeyVerdict.JOINED
    ]
    if joined:
        params: dict[str, Any] = {
            "ids": [each.old_id if each.old_account is None else each.new_id for each in joined],
            "account_ids": [each.old_account or each.new_account for each in joined],
            "at": at,
        }
        cursor.execute(JOIN, params)
