"""Browsing: the rows of a plan or a result, by what is said of them or by student key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from matricula.registrar.jobs.api import Job
from matricula.registrar.pages.entering import Visit
from matricula.registrar.pages.reading import read_number, read_words
from matricula.registrar.pages.uploading.wording import word_refusal, word_standing
from matricula.registrar.pages.wording import Word, Words
from matricula.registrar.uploads.api import MISSING, KeptRow, list_rows

SIZE = 50
ALL = "all"
REFUSE = "refuse"
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as it is shown; without a plan it is not known what was there before."""

    row: KeptRow
    word: Word
    why: Words
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of rows: what it is called, how many there are, and where they are."""

    name: str
    words: Words
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Browsed:
    """A page of rows, and the way to others. ``following`` is empty on the last page."""

    rows: Sequence[Shown]
    filters: Sequence[Filter]
    chosen: str
    student_key: str
    is_first: bool
    beginning: str
    following: str
    is_of_courses: bool
    is_planned: bool

    @property
    def is_missing(self) -> bool:
        """Whether the rows are none of the file, but who is missing from it."""
        return _is_missing(self.chosen)

    @property
    def status(self) -> str:
        """Of those missing, which ones: a status, or blank for all."""
        return self.chosen.partition(":")[2]


def browse_rows(
    visit: Visit, *, told: Job, words: Mapping[str, Word], first: str = ALL, is_planned: bool
) -> Browsed:
    """Return the rows that the query asks for; ``first`` are shown if it does not."""
    filters = _list_filters(told, words)
    chosen = _choose(read_words(visit.request, "rows"), filters) or first
    student_key = read_words(visit.request, "key")[:LONGEST_KEY]
    after = read_number(visit.request, "after")
    found = list_rows(
        job=told,
        by=visit.by,
        word="" if chosen == ALL else chosen,
        student_key=student_key,
        after=after,
        limit=SIZE + 1,
    )
    rows = found[:SIZE]
    query = {"rows": chosen, **({"key": student_key} if student_key else {})}
    return Browsed(
        rows=[_show(row, words) for row in rows],
        filters=filters,
        chosen=chosen,
        student_key=student_key,
        is_first=after == 0,
        beginning=_address(query),
        following=_address({**query, "after": rows[-1].line}) if len(found) > SIZE else "",
        is_of_courses=any(row.course for row in rows),
        is_planned=is_planned,
    )


def find_first(job: Job) -> str:
    """Return the rows of a result that matter first: those that were refused, if any were."""
    return REFUSE if job.counts.get(REFUSE) else ALL


def list_refusals(told: Job) -> list[tuple[Words, int, str]]:
    """Return why rows are refused, how many, and where they are; the most first."""
    refusals: Mapping[str, int] = told.parameters.get("refusals") or {}
    ordered = sorted(refusals.items(), key=lambda each: (-each[1], each[0]))
    return [
        (word_refusal(verdict), count, _address({"rows": f"{REFUSE}:{verdict}"}))
        for verdict, count in ordered
    ]


def list_figures(told: Job, words: Mapping[str, Word]) -> list[tuple[Word, int]]:
    """Return how many rows there are of what is said of any."""
    return [(word, told.counts[action]) for action, word in words.items() if action in told.counts]


def recall_comparison(told: Job) -> Mapping[str, Any] | None:
    """Return how a file compared with the copy; ``proven_at`` if it is kept who is missing."""
    kept: Mapping[str, Any] | None = told.parameters.get("comparison")
    if kept is None or "proven_at" not in kept:
        return kept
    return {**kept, "proven_at": datetime.fromisoformat(kept["proven_at"])}


def _list_filters(told: Job, words: Mapping[str, Word]) -> list[Filter]:
    counts = {**told.counts, MISSING: _count_missing(told)}
    by_action = [
        Filter(action, word.words, counts[action], _address({"rows": action}))
        for action, word in words.items()
        if counts.get(action)
    ]
    total = sum(told.counts.values())
    return [Filter(ALL, "", total, _address({"rows": ALL})), *by_action]


def _choose(asked: str, filters: Sequence[Filter]) -> str:
    """Return what is asked for; who is missing only where it is offered, with what it means."""
    is_offered = any(each.name == MISSING for each in filters)
    return asked if is_offered or not _is_missing(asked) else ""


def _is_missing(chosen: str) -> bool:
    return chosen.partition(":")[0] == MISSING


def _count_missing(told: Job) -> int:
    """Return how many are missing of whom it is kept who they are."""
    comparison: Mapping[str, Any] = told.parameters.get("comparison") or {}
    missing: int = comparison.get("missing", 0)
    return missing if "proven_at" in comparison else 0


def _address(query: Mapping[str, str | int]) -> str:
    return f"?{urlencode(query)}#rows"


def _show(row: KeptRow, words: Mapping[str, Word]) -> Shown:
    is_of_course = bool(row.course)
    return Shown(
        row=row,
        word=words.get(row.action, Word(row.action)),
        why=(row.reason or word_refusal(row.verdict)) if row.action == REFUSE else row.reason,
        before=word_standing(row.before, is_of_course=is_of_course),
        after=word_standing(row.after, is_of_course=is_of_course),
    )
