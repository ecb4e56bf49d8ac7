"""Erasing a person from the ledger while its rows and their order stay."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection

ERASED = "[erased]"

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


def erase_from_ledger(
    *, subject: str, replacements: Mapping[int, Mapping[str, Any]], words: Sequence[str]
) -> None:
    """Overwrite fields in every change of the given rows, and ``words`` in every reason.

    ``replacements`` maps a row's id to the fields and their new values. Must run within the
    caller's transaction. The only way in which the ledger is ever rewritten (ADR 0004).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('matricula.erasing', 'on', true)")
        if replacements:
            encoded = [
                msgspec.json.encode(dict(fields)).decode() for fields in replacements.values()
            ]
            cursor.execute(
                ERASE, {"subject": subject, "row_ids": list(replacements), "fields": encoded}
            )
        if words:
            cursor.execute(ERASE_REASONS, {"pattern": match_words(words), "erased": ERASED})
        cursor.execute("SELECT set_config('matricula.erasing', 'off', true)")


def match_words(words: Sequence[str]) -> str:
    """Return the pattern, in PostgreSQL's syntax, that finds any of the words standing alone."""
    longest_first = sorted((re.escape(word) for word in words), key=len, reverse=True)
    return rf"(?<!\w)({'|'.join(longest_first)})(?!\w)"
