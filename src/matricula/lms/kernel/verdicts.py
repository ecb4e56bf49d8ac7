"""Verdicts: the answer to each row of a write, in edX's words and ours."""

from enum import StrEnum

import msgspec


class WriteMode(StrEnum):
    """What a write may do: add rows, change rows, or both."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"

    @property
    def may_create(self) -> bool:
        """Whether rows that are not stored yet may be added."""
        return self is not WriteMode.UPDATE

    @property
    def may_update(self) -> bool:
        """Whether rows that are stored already may be changed."""
        return self is not WriteMode.CREATE


class Action(StrEnum):
    """What was, or would be, done with a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSE = "refuse"
    UNDO = "undo"
    """Of no roster: what was written is put back as it was before."""


class Verdict(StrEnum):
    """Why a row is refused. A row that is not refused has its status as verdict."""

    DUPLICATED = "duplicated"
    INVALID_STATUS = "invalid-status"
    CONFLICT = "conflict"
    NOT_IN_PROGRAM = "not-in-program"
    NOT_FOUND = "not-found"
    INVALID_KEY = "invalid-key"
    INVALID_CURRICULUM = "invalid-curriculum"
    INVALID_COURSE_STAFF = "invalid-course-staff"
    INVALID_MODE = "invalid-mode"
    COURSE_NOT_FOUND = "course-not-found"
    INVALID_ROW = "invalid-row"
    CHANGED_SINCE = "changed-since"
    DEPENDED_ON = "depended-on"


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """The answer to one row.

    ``verdict`` is a status or a ``Verdict``; ``reason`` is in words, and empty unless refused.
    """

    line: int
    action: Action
    verdict: str
    reason: str = ""


class Foreseen(msgspec.Struct, frozen=True, gc=False):
    """The answer to one row, what is stored of it, and what would be; empty for nothing.

    Where the row itself is at fault, what is stored was not looked up.
    """

    judgement: Judgement
    before: str = ""
    after: str = ""


def merge_codes(first: str, again: str) -> str:
    """Return a code for each row, the later one where the first time somebody was missing."""
    return "".join(
        after if before == "m" else before for before, after in zip(first, again, strict=True)
    )


def fill_codes(first: str, again: str) -> str:
    """Return a code for each row, where ``again`` are those of the missing alone, in order."""
    later = iter(again)
    return "".join(next(later) if code == "m" else code for code in first)


def refuse(line: int, verdict: Verdict, reason: str) -> Judgement:
    """Return the judgement that refuses a row."""
    return Judgement(line, Action.REFUSE, verdict, reason)
