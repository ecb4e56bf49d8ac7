"""Comparing the rows of a whole file: which keys are repeated, wherever in it they stand.

Eight bytes a row are kept: a hash of what the row is about. Only rows whose hash occurs twice are
then read again and truly compared, so two keys that happen to share a hash stay two keys. What is
a repetition is said in one place, ``kernel.repeats``.
"""

from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import list_row_keys as list_course_row_keys
from matricula.lms.kernel.api import Repeats, group_repeats
from matricula.lms.program_enrollments.api import Curricula
from matricula.lms.program_enrollments.api import list_row_keys as list_program_row_keys
from matricula.lms.rosters.opening import RosterFile
from matricula.lms.rosters.reading import Chunk, EmptyRoster, Layout, read_roster

PARTS = 256
"""The hashes are sorted in so many parts, so that few of them at a time are whole objects."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of the whole file has shown. ``count`` is that of its rows."""

    layout: Layout
    count: int
    repeats: Repeats[Any]


def survey_roster(*, file: RosterFile, program: ProgramOutline) -> Survey:
    """Read the whole file, and find the keys that are repeated in it.

    Raises:
        UnreadableRoster, EmptyRoster, MissingColumns, RepeatedColumns: the file is no roster.
    """
    curricula = Curricula(program, by_curriculum=True)
    layout, chunks = read_roster(file)
    parts = [array("q") for _ in range(PARTS)]
    count = 0
    for chunk in chunks:
        count += len(chunk.rows)
        for key in _list_row_keys(chunk, layout, curricula)[0]:
            hashed = hash(key)
            parts[hashed % PARTS].append(hashed)
    if not count:
        raise EmptyRoster("The file has a header and no rows.")
    suspects = _find_suspects(parts)
    repeats = group_repeats(_list_rows_of(suspects, file, curricula)) if suspects else {}
    return Survey(layout, count, repeats)


def _find_suspects(parts: Sequence["array[int]"]) -> set[int]:
    return {
        hashed
        for part in parts
        for hashed, following in pairwise(sorted(part))
        if hashed == following
    }


def _list_rows_of(
    suspects: set[int], file: RosterFile, curricula: Curricula
) -> Iterator[tuple[Hashable, int, int | None]]:
    layout, chunks = read_roster(file)
    for chunk in chunks:
        keys, variants = _list_row_keys(chunk, layout, curricula)
        for row, key, variant in zip(chunk.fitting_rows, keys, variants, strict=True):
            if hash(key) in suspects:
                yield key, row.line, variant


def _list_row_keys(
    chunk: Chunk, layout: Layout, curricula: Curricula
) -> tuple[Sequence[Hashable], Sequence[int | None]]:
    rows: Any = chunk.fitting_rows
    if layout.is_course_roster:
        return list_course_row_keys(rows, curricula=curricula)
    return list_program_row_keys(rows, curricula=curricula)
