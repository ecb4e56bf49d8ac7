"""Reading the dataset's files, and refusing what cannot be right in them.

courses.csv, studentRegistration.csv and studentInfo.csv; columns that are not used may be there.
Days count from the start of a presentation: B is the first of February, J the first of October.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from matricula.cli.oulad.tables import InvalidDataset, TableRow, read_table

COURSES = "courses.csv"
REGISTRATIONS = "studentRegistration.csv"
RESULTS = "studentInfo.csv"

PASSING = {"Pass": True, "Distinction": True, "Fail": False, "Withdrawn": False}
"""The final results, and whether they are passing."""

_PRESENTATION = ("code_module", "code_presentation")
_MODULE = re.compile(r"[\w.~-]+", re.ASCII)
_NAME = re.compile(r"([12][0-9]{3})([BJ])")
_MONTHS = {"B": 2, "J": 10}
_FARTHEST = 3660


@dataclass(frozen=True, slots=True)
class Presentation:
    """A module offered at a time; ``end`` is the day of its results."""

    module: str
    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Registration:
    """That a student registered for a presentation, and perhaps withdrew. None: no day is said."""

    line: int
    presentation: Presentation
    student: int
    registered: date | None
    withdrawn: date | None

    @property
    def key(self) -> str:
        """What the school calls the student."""
        return str(self.student)

    @property
    def is_on_first_day(self) -> bool:
        """Whether it stands when the first day of the presentation ends."""
        start = self.presentation.start
        came = self.registered is None or self.registered <= start
        return came and (self.withdrawn is None or self.withdrawn > start)


@dataclass(frozen=True, slots=True)
class Dataset:
    """What the files say; ``results[i]`` is the final result of ``registrations[i]``, if any."""

    presentations: Sequence[Presentation]
    registrations: Sequence[Registration]
    results: Sequence[str | None]


def read_dataset(folder: Path) -> Dataset:
    """Read the files of a folder.

    Raises:
        UnreadableDataset: a file is missing or no table, or lacks a column.
        InvalidDataset: a row cannot be right; the message names file and line.
    """
    presentations = _read_presentations(folder)
    registrations = list(_read_registrations(folder, presentations))
    if not registrations:
        message = f"{folder / REGISTRATIONS} has no registrations."
        raise InvalidDataset(message)
    places = {
        (registration.presentation, registration.student): place
        for place, registration in enumerate(registrations)
    }
    results: list[str | None] = [None] * len(registrations)
    for place, result in _read_results(folder, presentations, places):
        results[place] = result
    return Dataset(list(presentations.values()), registrations, results)


def _read_presentations(folder: Path) -> dict[tuple[str, str], Presentation]:
    found: dict[tuple[str, str], Presentation] = {}
    length = "module_presentation_length"
    for row in read_table(
        folder / COURSES, columns=(*_PRESENTATION, length), unique=_PRESENTATION
    ):
        module, name = (row[column] for column in _PRESENTATION)
        parts = _NAME.fullmatch(name)
        if not _MODULE.fullmatch(module):
            raise row.refusal(f"{module!r} is no code of a module")
        if parts is None:
            raise row.refusal(f"{name!r} is no presentation: a year, then B or J, as in 2013J")
        start = date(int(parts[1]), _MONTHS[parts[2]], 1)
        days = row.number(length)
        if not 0 < days <= _FARTHEST:
            raise row.refusal(f"{length} is {days}; a presentation lasts 1 to {_FARTHEST} days")
        found[module, name] = Presentation(module, name, start, start + timedelta(days=days))
    return found


def _read_registrations(
    folder: Path, presentations: Mapping[tuple[str, str], Presentation]
) -> Iterator[Registration]:
    days = ("date_registration", "date_unregistration")
    for row in read_table(
        folder / REGISTRATIONS,
        columns=(*_PRESENTATION, "id_student", *days),
        unique=(*_PRESENTATION, "id_student"),
    ):
        presentation = _presentation_of(row, presentations)
        registered, withdrawn = (_day(row, column, presentation) for column in days)
        if registered and withdrawn and withdrawn < registered:
            raise row.refusal(
                f"the student withdraws on day {row[days[1]]}, before registering on day "
                f"{row[days[0]]}"
            )
        student = row.number("id_student")
        if student < 0:
            raise row.refusal(f"id_student is {student}; it cannot be negative")
        yield Registration(row.line, presentation, student, registered, withdrawn)


def _read_results(
    folder: Path,
    presentations: Mapping[tuple[str, str], Presentation],
    places: Mapping[tuple[Presentation, int], int],
) -> Iterator[tuple[int, str]]:
    for row in read_table(
        folder / RESULTS,
        columns=(*_PRESENTATION, "id_student", "final_result"),
        unique=(*_PRESENTATION, "id_student"),
    ):
        presentation, student = _presentation_of(row, presentations), row.number("id_student")
        place = places.get((presentation, student))
        if place is None:
            raise row.refusal(
                f"student {student} has a result in {presentation.module} {presentation.name} and "
                f"no registration in {REGISTRATIONS}"
            )
        if row["final_result"] not in PASSING:
            known = ", ".join(PASSING)
            raise row.refusal(f"final_result is {row['final_result']!r}, none of {known}")
        yield place, row["final_result"]


def _presentation_of(
    row: TableRow, presentations: Mapping[tuple[str, str], Presentation]
) -> Presentation:
    module, name = (row[column] for column in _PRESENTATION)
    found = presentations.get((module, name))
    if found is None:
        raise row.refusal(f"there is no presentation {module} {name} in {COURSES}")
    return found


def _day(row: TableRow, column: str, presentation: Presentation) -> date | None:
    if not row[column]:
        return None
    days = row.number(column)
    if abs(days) > _FARTHEST:
        raise row.refusal(f"{column} is {days}; that is more than ten years off")
    return presentation.start + timedelta(days=days)
