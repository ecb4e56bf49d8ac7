"""Sifting: what can be said of a course roster's row before the database is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from matricula.lms.catalog.api import ProgramOutline
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
from matricula.lms.program_enrollments.api import Curricula

IS_ACTIVE = {"active": True, "inactive": False}
"""What a course roster calls a grant, and what is stored."""

COURSE_STAFF = {
    "": None,
    **dict.fromkeys(("true", "yes", "y", "t", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "f", "off", "0"), False),
}
"""The tri-state: grant, revoke, and nothing said."""

RowKey = tuple[str, int | str]
"""Folded student key and course run, as text if the program has none of that name."""


class CourseRow(msgspec.Struct, frozen=True, gc=False):
    """A row of a program's course roster.

    ``course_id`` is the run's own key or the school's external one; ``course_staff`` one of the
    words of ``COURSE_STAFF``, empty for nothing said.
    """

    line: int
    student_key: str
    course_id: str
    status: str
    course_staff: str = ""
    curriculum_uuid: str = ""


@dataclass(slots=True)
class Sifted:
    """Rows that the database must judge, as columns; ``judged`` has the others' answers.

    ``judged[i]`` answers the i-th row given; the columns hold the rows whose answer is still None.
    """

    judged: list[Judgement | None]
    position: list[int] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    course_run_id: list[int | None] = field(default_factory=list)
    is_active: list[bool] = field(default_factory=list)
    is_staff: list[bool | None] = field(default_factory=list)
    match_curriculum_id: list[int | None] = field(default_factory=list)


def sift(
    rows: Sequence[CourseRow],
    *,
    program: ProgramOutline,
    by_curriculum: bool,
    repeats: Repeats[RowKey] | None = None,
) -> Sifted:
    """Judge what needs no database, and lay the other rows out in columns.

    Without ``repeats`` they are looked for in these rows alone.
    """
    curricula = Curricula(program, by_curriculum)
    keys, variants = list_row_keys(rows, curricula=curricula)
    if repeats is None:
        repeats = find_repeats(keys, [row.line for row in rows], variants)
    sifted = Sifted(judged=[])
    for position, (row, key) in enumerate(zip(rows, keys, strict=True)):
        judged = (
            _judge_names(row, key, program)
            or _judge_repeat(row, repeats.get(key))
            or _judge_words(row, curricula)
        )
        sifted.judged.append(judged)
        if judged is None:
            sifted.position.append(position)
            sifted.folded.append(key[0])
            sifted.course_run_id.append(program.run_ids[row.course_id.strip()])
            sifted.is_active.append(IS_ACTIVE[row.status.strip()])
            sifted.is_staff.append(COURSE_STAFF[row.course_staff.strip().lower()])
            sifted.match_curriculum_id.append(variants[position])
    return sifted


def list_row_keys(
    rows: Sequence[CourseRow], *, curricula: Curricula[ProgramOutline]
) -> tuple[list[RowKey], list[int | None]]:
    """Return what each row is about, for ``find_repeats``: student and run, and curricula."""
    run_ids = curricula.program.run_ids
    return (
        [
            (fold(row.student_key), run_ids.get(row.course_id.strip()) or row.course_id.strip())
            for row in rows
        ],
        [curricula.find_match(row.curriculum_uuid) for row in rows],
    )


def _judge_names(row: CourseRow, key: RowKey, program: ProgramOutline) -> Judgement | None:
    if fault := find_key_fault(strip_key(row.student_key)):
        return refuse(row.line, Verdict.INVALID_KEY, fault)
    if isinstance(key[1], str):
        ambiguous = key[1] in program.run_ids
        reason = (
            f"several course runs of the program are called {quote(key[1])}; use the run's own key"
            if ambiguous
            else f"the program has no course run {quote(key[1])}"
        )
        return refuse(row.line, Verdict.COURSE_NOT_FOUND, reason)
    return None


def _judge_repeat(row: CourseRow, lines: Sequence[int] | None) -> Judgement | None:
    if lines is None:
        return None
    reason = repeated_on(lines, line=row.line, what="the same student key and course run")
    return refuse(row.line, Verdict.DUPLICATED, reason)


def _judge_words(row: CourseRow, curricula: Curricula[ProgramOutline]) -> Judgement | None:
    if row.status.strip() not in IS_ACTIVE:
        reason = f"{quote(row.status.strip())} is neither active nor inactive"
        return refuse(row.line, Verdict.INVALID_STATUS, reason)
    if row.course_staff.strip().lower() not in COURSE_STAFF:
        said = quote(row.course_staff.strip())
        reason = f"course_staff is {said}; true, false or nothing is possible"
        return refuse(row.line, Verdict.INVALID_COURSE_STAFF, reason)
    if curricula.is_unknown(row.curriculum_uuid):
        reason = f"the program has no curriculum {quote(row.curriculum_uuid.strip())}"
        return refuse(row.line, Verdict.INVALID_CURRICULUM, reason)
    return None
