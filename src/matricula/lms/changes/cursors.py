"""Marking a place in the ledger, as a text that outsiders keep and hand back."""

import re
from typing import NamedTuple

from matricula.lms.kernel.api import Invalid

_WRITTEN = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{1,16})")
_HIGHEST = 2**63 - 1


class InvalidCursor(Invalid):
    """The text is no cursor of ours."""

    code = "invalid-cursor"


class Cursor(NamedTuple):
    """The place after a change: its transaction, and its id among those of the transaction."""

    transaction_id: int
    change_id: int

    def encode(self) -> str:
        """Return the cursor as a text."""
        return f"{self.transaction_id:x}-{self.change_id:x}"

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Return the cursor that was made into a text.

        Raises:
            InvalidCursor: the text is none.
        """
        found = _WRITTEN.fullmatch(text)
        numbers = [int(part, 16) for part in found.groups()] if found else []
        if not numbers or max(numbers) > _HIGHEST:
            raise InvalidCursor("That is no cursor of this ledger.")
        return cls(*numbers)


START = Cursor(0, 0)
"""Before the first change."""
