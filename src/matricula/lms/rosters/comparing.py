"""Comparing the rows of a whole file: which keys are repeated, wherever in it they stand.

Eight bytes a row are kept: a hash of what the row is about. Only rows whose hash occurs twice are
then read again and truly compared, so two keys that happen to share a hash stay two keys. What is
a repetition is said in one place, ``kernel.repeats``.
"""

from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import list_row_keys as list_course_row_keys
from matricula.lms.kernel.api import Repeats, group_repeats
from matricula.lms.program_enrollments.api import Curricula
from matricula.lms.program_enrollments.api import list_row_keys as list_program_row_keys
from matricula.lms.rosters.reading import Chunk, EmptyRoster, Layout, Roster

PARTS = 256
"""The hashes are sorted in so many parts, so that few of them at a time are whole objects."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of the whole file has shown. ``count`` is that of its rows.

    ``roster`` is the same again; one that is not longer than a chunk is not read a second time.
    """

    roster: Roster
    count: int
    repeats: Repeats[Any]

    @property
    def layout(self) -> Layout:
        """What its header says."""
        return self.roster.layout


def survey_roster(*, roster: Roster, program: ProgramOutline) -> Survey:
    """Read the whole roster, and find the keys that are repeated in it.

    Raises:
        UnreadableRoster: somewhere it cannot be read.
        EmptyRoster: it has no rows.
    """
    curricula = Curricula(program, by_curriculum=True)
    parts = [array("q") for _ in range(PARTS)]
    count = 0
    only: Chunk | None = None
    for number, chunk in enumerate(roster.list_chunks()):
        only = chunk if number == 0 else None
        count += len(chunk.rows)
        for key in _list_row_keys(chunk, roster.layout, curricula)[0]:
            hashed = hash(key)
            parts[hashed % PARTS].append(hashed)
    if not count:
        raise EmptyRoster("The roster has no rows.")
    if only is not None:
        roster = replace(roster, list_chunks=partial(iter, [only]))
    suspects = _find_suspects(parts)
    repeats = group_repeats(_list_rows_of(suspects, roster, curricula)) if suspects else {}
    return Survey(roster, count, repeats)


def _find_suspects(parts: Sequence["array[int]"]) -> set[int]:
    return {
        hashed
        for part in parts
        for hashed, following in pairwise(sorted(part))
        if hashed == following
    }


def _list_rows_of(
    suspects: set[int], roster: Roster, curricula: Curricula[ProgramOutline]
) -> Iterator[tuple[Hashable, int, int | None]]:
    for chunk in roster.list_chunks():
        keys, variants = _list_row_keys(chunk, roster.layout, curricula)
        for row, key, variant in zip(chunk.fitting_rows, keys, variants, strict=True):
            if hash(key) in suspects:
                yield key, row.line, variant


def _list_row_keys(
    chunk: Chunk, layout: Layout, curricula: Curricula[ProgramOutline]
) -> tuple[Sequence[Hashable], Sequence[int | None]]:
    rows: Any = chunk.fitting_rows
    if layout.is_course_roster:
        return list_course_row_keys(rows, curricula=curricula)
    return list_program_row_keys(rows, curricula=curricula)
