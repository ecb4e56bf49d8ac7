"""Erasing a person from the rosters that jobs keep: their rows, the answers, the files' names.

A row about them keeps its line and its answer, so everything counts as before. One that is not
answered yet, or only planned, is refused: who was retired meanwhile is not enrolled anew by it.
"""

import zlib
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from msgspec.structs import replace

from matricula.lms.kernel.api import Judgement, Lock, Verdict, fold, lock_until_commit, refuse
from matricula.lms.ledger.api import ERASED, Names, match_words
from matricula.lms.rosters.following import layout_of
from matricula.lms.rosters.models import FINAL, UNDOS_BEING_MADE, RosterJob, RosterJobChunk
from matricula.lms.rosters.packing import (
    PackedAnswers,
    PackedRows,
    open_answers,
    open_rows,
    pack,
)
from matricula.lms.rosters.reading import COURSE_COLUMNS

KEY = "student_key"
AT_ONCE = 20
RETIRED = "the student was retired before this row was answered"

# A program is its first organization's.
SCHOOLS = """
SELECT job.id, (
    SELECT link.organization_id FROM program_organization AS link
    WHERE link.program_id = job.program_id ORDER BY link.position LIMIT 1
)
FROM roster_job AS job
"""

ERASE_WORDS = """
UPDATE roster_job SET
    name = regexp_replace(name, %(pattern)s, %(erased)s, 'gi'),
    reason = regexp_replace(reason, %(pattern)s, %(erased)s, 'gi'),
    failure = regexp_replace(failure, %(pattern)s, %(erased)s, 'gi')
WHERE name ~* %(pattern)s OR reason ~* %(pattern)s OR failure ~* %(pattern)s
"""


def hold_unfinished_jobs() -> None:
    """Keep workers from all jobs until the transaction ends; before any other lock.

    And whoever is about to keep an undo, which asks the ledger and not a school for names.
    """
    lock_until_commit(Lock.ROSTER_JOB, [UNDOS_BEING_MADE])
    unfinished = RosterJob.objects.filter(~Q(state__in=FINAL))
    lock_until_commit(Lock.ROSTER_JOB, unfinished.values_list("pk", flat=True))


def erase_from_rosters(*, names: Names, student_keys: Collection[tuple[int, str]]) -> int:
    """Erase a person from every kept roster, and return how many rows were about them.

    ``student_keys`` are folded, each with its organization. In the rows of others, and in what
    jobs are called, words go that can only be a name. Every chunk is unpacked once: what is in it
    has no index. Within the caller's transaction, which holds the unfinished jobs.
    """
    with connection.cursor() as cursor:
        cursor.execute(SCHOOLS)
        schools: dict[int, int | None] = dict(cursor.fetchall())
    rows = 0
    for chunk_id, job_id in _find_chunks(names):
        keys = {key for school, key in student_keys if school == schools.get(job_id)}
        rows += _erase_from_chunk(chunk_id, keys, names)
    _erase_words(names)
    return rows


def _find_chunks(names: Names) -> list[tuple[int, int]]:
    stored = RosterJobChunk.objects.order_by("job", "number").values_list("pk", "job", "rows")
    return [
        (chunk_id, job_id)
        for chunk_id, job_id, rows in stored.iterator(chunk_size=AT_ONCE)
        if names.may_be_in(zlib.decompress(rows).decode(errors="replace"))
    ]


def _erase_from_chunk(chunk_id: int, keys: Collection[str], names: Names) -> int:
    locked = RosterJobChunk.objects.select_for_update(of=["self"]).select_related("job")
    stored = locked.filter(pk=chunk_id).first()
    if stored is None:  # forgotten meanwhile
        return 0
    columns = layout_of(stored.job).names
    packed = open_rows(stored.rows)
    their_keys = enumerate(packed.columns[columns.index(KEY)])
    theirs = {at for at, key in their_keys if fold(key) in keys}
    cleaned = _clean_rows(packed, columns, theirs, names)
    if stored.answers is None or stored.job.is_plan:
        refused = {at: _refuse(packed.lines[at]) for at in theirs}
        cleaned = replace(cleaned, misfits={**cleaned.misfits, **refused})
    if stored.answers is not None:
        stored.answers = pack(_clean_answers(open_answers(stored.answers), theirs, names))
    stored.rows = pack(cleaned)
    stored.save(update_fields=["rows", "answers"])
    return len(theirs)


def _clean_rows(
    packed: PackedRows, columns: Sequence[str], theirs: Collection[int], names: Names
) -> PackedRows:
    """Leave of their rows what is said about courses, and of others' rows all that no roster has.

    A student key is never touched in the row of another: it may be somebody's of another school.
    """
    cleaned = [
        _clean_column(column, name, theirs, names)
        for name, column in zip(columns, packed.columns, strict=True)
    ]
    tails = {
        at: [_clean_cell(cell, names, is_theirs=at in theirs) for cell in cells]
        for at, cells in packed.tails.items()
    }
    misfits = {
        at: _clean_judgement(judged, names, is_theirs=at in theirs)
        for at, judged in packed.misfits.items()
    }
    return replace(packed, columns=cleaned, tails=tails, misfits=misfits)


def _clean_column(
    column: list[str], name: str, theirs: Collection[int], names: Names
) -> list[str]:
    if name == KEY:
        return [ERASED if at in theirs else cell for at, cell in enumerate(column)]
    if name in COURSE_COLUMNS:
        return column
    return [_clean_cell(cell, names, is_theirs=at in theirs) for at, cell in enumerate(column)]


def _clean_cell(cell: str, names: Names, *, is_theirs: bool) -> str:
    if is_theirs:
        return ERASED if cell.strip() else cell
    return names.erase_certain(cell)


def _clean_judgement(judged: Judgement, names: Names, *, is_theirs: bool) -> Judgement:
    return replace(judged, reason=_clean_words(judged.reason, names, is_theirs=is_theirs))


def _clean_answers(packed: PackedAnswers, theirs: Collection[int], names: Names) -> PackedAnswers:
    reasons = {
        at: _clean_words(reason, names, is_theirs=at in theirs)
        for at, reason in packed.reasons.items()
    }
    return replace(packed, reasons=reasons)


def _clean_words(words: str, names: Names, *, is_theirs: bool) -> str:
    return names.erase_any(words) if is_theirs else names.erase_certain(words)


def _refuse(line: int) -> Judgement:
    return refuse(line, Verdict.NOT_FOUND, RETIRED)


def _erase_words(names: Names) -> None:
    if names.distinctive:
        params: dict[str, Any] = {"pattern": match_words(names.distinctive), "erased": ERASED}
        with connection.cursor() as cursor:
            cursor.execute(ERASE_WORDS, params)
