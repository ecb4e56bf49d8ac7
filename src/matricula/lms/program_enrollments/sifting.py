"""Sifting: what can be said of a row before the database is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from matricula.lms.catalog.api import ProgramHead
from matricula.lms.kernel.api import (
    Judgement,
    Repeats,
    Verdict,
    find_key_fault,
    find_repeats,
    fold,
    quote,
    refuse,
    repeated_on,
    strip_key,
)
from matricula.lms.program_enrollments.statuses import STATUSES

ACTIVE_CURRICULUM = "None"
"""What edX's Registrar sends for the active curriculum (ADR 0010)."""

_ONE_OF_THE_FIVE = ", ".join(STATUSES)


class ProgramRow(msgspec.Struct, frozen=True, gc=False):
    """A row of a program roster. An empty ``curriculum_uuid`` leaves the curriculum open."""

    line: int
    student_key: str
    status: str
    curriculum_uuid: str = ""


Head_co = TypeVar("Head_co", bound=ProgramHead, covariant=True)


@dataclass(frozen=True, slots=True)
class Curricula(Generic[Head_co]):
    """Which curriculum a row means: to be matched by, and to be created under."""

    program: Head_co
    by_curriculum: bool
    known: dict[str, int | None] = field(default_factory=dict)

    def find(self, text: str) -> int | None:
        """Return the curriculum of that uuid, the active one for an empty text, or None."""
        if text not in self.known:
            self.known[text] = self._look_up(text.strip())
        return self.known[text]

    def _look_up(self, text: str) -> int | None:
        if text in {"", ACTIVE_CURRICULUM}:
            return self.program.active_curriculum_id
        try:
            return self.program.curricula.get(UUID(text))
        except ValueError:
            return None

    def find_match(self, text: str) -> int | None:
        """Return the curriculum a stored row must have to be this one; None if any may."""
        return self.find(text) if self.by_curriculum and text.strip() else None

    def is_unknown(self, text: str) -> bool:
        """Tell whether a caller who asks by curriculum named one the program does not have."""
        return self.by_curriculum and bool(text.strip()) and self.find(text) is None


@dataclass(slots=True)
class Sifted:
    """Rows that the database must judge, as columns; ``judged`` has the others' answers.

    ``judged[i]`` answers the i-th row given; the columns hold the rows whose answer is still None.
    """

    judged: list[Judgement | None]
    position: list[int] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    curriculum_id: list[int | None] = field(default_factory=list)
    match_curriculum_id: list[int | None] = field(default_factory=list)
    is_mentioned: list[bool] = field(default_factory=list)

    def pick(self, places: Sequence[int]) -> "Sifted":
        """Return the rows at these places of the columns, to be judged once more."""
        columns = [each.name for each in fields(self) if each.name != "judged"]
        return Sifted(
            judged=[],
            **{name: [getattr(self, name)[at] for at in places] for name in columns},
        )


def sift(
    rows: Sequence[ProgramRow],
    *,
    program: ProgramHead,
    by_curriculum: bool,
    repeats: Repeats[str] | None = None,
) -> Sifted:
    """Judge what needs no database, and lay the other rows out in columns.

    Without ``repeats`` they are looked for in these rows alone.
    """
    curricula = Curricula(program, by_curriculum)
    folded, variants = list_row_keys(rows, curricula=curricula)
    if repeats is None:
        repeats = find_repeats(folded, [row.line for row in rows], variants)
    sifted = Sifted(judged=[])
    for position, (row, key) in enumerate(zip(rows, folded, strict=True)):
        value = strip_key(row.student_key)
        judged = _judge_key(row, value, repeats.get(key)) or _judge_words(row, curricula)
        sifted.judged.append(judged)
        if judged is None:
            curriculum_id = curricula.find(row.curriculum_uuid)
            sifted.position.append(position)
            sifted.value.append(value)
            sifted.folded.append(key)
            sifted.status.append(row.status.strip())
            sifted.curriculum_id.append(curriculum_id)
            sifted.match_curriculum_id.append(variants[position])
            sifted.is_mentioned.append(curriculum_id is not None)
    return sifted


def list_row_keys(
    rows: Sequence[ProgramRow], *, curricula: Curricula[ProgramHead]
) -> tuple[list[str], list[int | None]]:
    """Return what each row is about, for ``find_repeats``: folded student keys, and curricula."""
    return (
        [fold(row.student_key) for row in rows],
        [curricula.find_match(row.curriculum_uuid) for row in rows],
    )


def _judge_key(row: ProgramRow, value: str, lines: Sequence[int] | None) -> Judgement | None:
    if fault := find_key_fault(value):
        return refuse(row.line, Verdict.INVALID_KEY, fault)
    if lines is not None:
        reason = repeated_on(lines, line=row.line, what="the same student key")
        return refuse(row.line, Verdict.DUPLICATED, reason)
    return None


def _judge_words(row: ProgramRow, curricula: Curricula[ProgramHead]) -> Judgement | None:
    status = row.status.strip()
    if status not in STATUSES:
        reason = f"{quote(status)} is none of {_ONE_OF_THE_FIVE}"
        return refuse(row.line, Verdict.INVALID_STATUS, reason)
    if curricula.is_unknown(row.curriculum_uuid):
        reason = f"the program has no curriculum {quote(row.curriculum_uuid.strip())}"
        return refuse(row.line, Verdict.INVALID_CURRICULUM, reason)
    return None
