"""Checking what is stored after a replay against what the files say, row by row.

What should be there is worked out from the files alone, by other ways than the replay goes.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from io import StringIO

import msgspec

from matricula.cli.oulad.cataloging import run_key
from matricula.cli.oulad.reading import Dataset, Registration
from matricula.cli.oulad.replaying import username_of
from matricula.cli.oulad.scheduling import map_account_days
from matricula.lms.accounts.api import map_account_ids
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import list_attendance
from matricula.lms.grades.api import count_grades
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import list_course_enrollments_as_of
from matricula.lms.preemptive_enrollments.api import Waiting, list_waiting
from matricula.lms.rosters.api import export_roster

CourseKey = tuple[str, str]
"""A student's key and a course run's."""


class Check(msgspec.Struct, frozen=True):
    """A number that is stored, and what it must be by the files."""

    what: str
    stored: int
    expected: int

    @property
    def is_met(self) -> bool:
        """Whether the two agree."""
        return self.stored == self.expected


class Expected:
    """What the files say must be stored in the end."""

    def __init__(self, dataset: Dataset) -> None:
        """Work it out."""
        registrations = dataset.registrations
        self.courses: dict[CourseKey, str] = {
            (each.key, run_key(each.presentation)): "active"
            if each.withdrawn is None
            else "inactive"
            for each in registrations
        }
        self.programs = dict.fromkeys((each.key for each in registrations), "canceled")
        self.programs |= {each.key: "enrolled" for each in registrations if each.withdrawn is None}
        days = map_account_days(registrations)
        self.with_account = {str(student) for student in days}
        self.seats = {
            (key, run)
            for (key, run), status in self.courses.items()
            if status == "active" and key in self.with_account
        }
        self.grades: Counter[str] = Counter()
        self.unstored_results = 0
        for registration, result in zip(registrations, dataset.results, strict=True):
            day = days.get(registration.student)
            if result is not None and day is not None and day <= registration.presentation.end:
                self.grades[result] += 1
            elif result is not None:
                self.unstored_results += 1
        self.last_start = max(each.start for each in dataset.presentations)
        self.then_active = sum(_stands_on(each, self.last_start) for each in registrations)


def check_replay(dataset: Dataset, *, program: ProgramOutline, by: Actor) -> list[Check]:
    """Compare what is stored with what the files say; a fixed number of queries."""
    expected = Expected(dataset)
    usernames = {username_of(int(key)): key for key in expected.programs}
    account_ids = map_account_ids(usernames=usernames)
    holders = {account_id: usernames[name] for name, account_id in account_ids.items()}
    return [
        *_check_rosters(expected, program=program, by=by),
        *_check_people(expected, holders, program=program, by=by),
        *_check_grades(expected, program=program, by=by),
        _check_history(expected, program=program, by=by),
        _check_integrity(by=by),
    ]


def _check_rosters(expected: Expected, *, program: ProgramOutline, by: Actor) -> list[Check]:
    programs = {row["student_key"]: row["status"] for row in _export(program, by=by)}
    courses = {
        (row["student_key"], row["course_id"]): row["status"]
        for row in _export(program, courses=True, by=by)
    }
    stored, wanted = Counter(programs.values()), Counter(expected.programs.values())
    active = [Counter(each.values())["active"] for each in (courses, expected.courses)]
    differing = len(programs.items() ^ expected.programs.items())
    differing += len(courses.items() ^ expected.courses.items())
    return [
        Check("students", len(programs), len(expected.programs)),
        *(
            Check(f"program enrollments {status}", stored[status], wanted[status])
            for status in sorted(stored.keys() | wanted.keys())
        ),
        Check("course enrollments", len(courses), len(expected.courses)),
        Check("course enrollments active", *active),
        Check("rows that differ from the files", differing, 0),
    ]


def _check_people(
    expected: Expected, holders: Mapping[int, str], *, program: ProgramOutline, by: Actor
) -> list[Check]:
    which = Waiting(organization_id=program.organization_id)
    found = list_waiting(which=which, by=by)
    waiting = {each.value for each in found if each.program == program.key}
    runs = {run.id: run.key for run in program.runs}
    seats = {
        (holders.get(each.account_id, ""), runs[each.course_run_id])
        for each in list_attendance(course_run_ids=runs, by=by)
    }
    with_account = set(holders.values())
    seated = {key for key, _ in seats}
    return [
        Check("accounts", len(with_account), len(expected.with_account)),
        Check("students waiting", len(waiting), len(expected.programs) - len(with_account)),
        Check("students with an account who wait", len(waiting & with_account), 0),
        Check("students without an account who are seated", len(seated - with_account), 0),
        Check("seats", len(seats), len(expected.seats)),
        Check("seats that differ from the files", len(seats ^ expected.seats), 0),
    ]


def _check_grades(expected: Expected, *, program: ProgramOutline, by: Actor) -> list[Check]:
    stored = count_grades(course_run_ids=[run.id for run in program.runs], by=by)
    return [
        Check(f"grades {letter}", stored.get(letter, 0), expected.grades[letter])
        for letter in sorted(stored.keys() | expected.grades.keys())
    ]


def _check_history(expected: Expected, *, program: ProgramOutline, by: Actor) -> Check:
    past = list_course_enrollments_as_of(program=program, as_of=_midnight(expected), by=by)
    stored = sum(each.is_active for each in past)
    return Check(f"active on {expected.last_start}, by the ledger", stored, expected.then_active)


def _check_integrity(*, by: Actor) -> Check:
    return Check("broken invariants", sum(1 for each in check_integrity(by=by) if each.count), 0)


def _export(program: ProgramOutline, *, by: Actor, courses: bool = False) -> "csv.DictReader[str]":
    stream = StringIO(newline="")
    export_roster(program=program, to=stream, by=by, courses=courses)
    stream.seek(0)
    return csv.DictReader(stream)


def _stands_on(registration: Registration, day: date) -> bool:
    came = registration.registered is None or registration.registered <= day
    return came and (registration.withdrawn is None or registration.withdrawn > day)


def _midnight(expected: Expected) -> datetime:
    return datetime.combine(expected.last_start, time(), tzinfo=UTC)
