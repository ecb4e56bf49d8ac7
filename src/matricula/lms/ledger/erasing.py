"""Erasing a person from the ledger while its rows and their order stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.ledger.matching import ERASED, is_distinctive, match_words

ERASE = """
UPDATE change SET
    before = before || replaced.fields,
    after = after || replaced.fields
FROM (
    SELECT row_id, fields::jsonb
    FROM unnest(%(row_ids)s::bigint[], %(fields)s::text[]) AS given (row_id, fields)
) AS replaced
WHERE change.subject = %(subject)s AND change.row_id = replaced.row_id
"""

ERASE_REASONS = """
UPDATE change_set SET reason = regexp_replace(reason, %(pattern)s, %(erased)s, 'gi')
WHERE reason ~* %(pattern)s
"""

ERASE_REASONS_ABOUT = """
UPDATE change_set SET reason = regexp_replace(reason, %(pattern)s, %(erased)s, 'gi')
WHERE reason ~* %(pattern)s AND (
    id = %(change_set_id)s::bigint
    OR id IN (
        SELECT change_set_id FROM change
        WHERE subject = %(subject)s AND row_id = ANY(%(row_ids)s)
    )
)
"""


def erase_from_ledger(
    *,
    subject: str,
    replacements: Mapping[int, Mapping[str, Any]],
    words: Sequence[str],
    change_set_id: int | None = None,
) -> int:
    """Overwrite fields in every change of the given rows, and ``words`` in reasons.

    ``replacements`` maps a row's id to the fields and their new values. Words that can only be a
    name go from every reason; others, such as ``Will`` or ``2031``, from the reasons of change
    sets that touched the rows, and of the one that erases. Returns how many reasons had any; they
    have no index by their words, so each is read once. Must run within the caller's transaction.
    The only way in which the ledger is ever rewritten (ADR 0004).
    """
    about: dict[str, Any] = {"subject": subject, "row_ids": list(replacements)}
    about["change_set_id"] = change_set_id
    reasons = 0
    encoded = [msgspec.json.encode(dict(fields)).decode() for fields in replacements.values()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('matricula.erasing', 'on', true)")
        cursor.execute(ERASE, {**about, "fields": encoded})
        for statement, erased in (
            (ERASE_REASONS_ABOUT, words),
            (ERASE_REASONS, [word for word in words if is_distinctive(word)]),
        ):
            if erased:
                params = {**about, "pattern": match_words(erased), "erased": ERASED}
                reasons += cursor.execute(statement, params).rowcount
        cursor.execute("SELECT set_config('matricula.erasing', 'off', true)")
    return reasons
