"""Mentioning: whichever side names somebody first makes the identity row.

The unique constraint is the lock, so a sign-up that races a roster leaves one row, and no state
exists in which an enrollment could miss its person.
"""

from django.db.backends.utils import CursorWrapper

from matricula.lms.identities.models import Kind
from matricula.lms.kernel.api import Source

# In the order of the folded value: writers that make the same rows then wait for each other in
# the same order, and none waits in a circle.
MENTION = """
INSERT INTO identity (kind, organization_id, value, folded)
SELECT %(kind)s, %(organization_id)s, value, folded
FROM {incoming} AS r
WHERE is_mentioned
ORDER BY folded COLLATE "C"
ON CONFLICT (kind, organization_id, folded) DO NOTHING
"""


def mention_identities(
    cursor: CursorWrapper, *, kind: Kind, organization_id: int | None, rows: Source
) -> None:
    """Make the identities that are not there yet, for staged rows whose ``is_mentioned`` is true.

    ``rows`` has the columns ``value``, ``folded`` and ``is_mentioned``. Within the caller's
    recorded transaction. A later statement sees every one of them, whoever made it.
    """
    cursor.execute(
        MENTION.format(incoming=rows.relation),
        {**rows.params, "kind": kind.value, "organization_id": organization_id},
    )
