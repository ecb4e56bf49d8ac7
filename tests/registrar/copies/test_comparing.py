"""Comparing: what a file would do, before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pytest_django import Settings

from matricula.lms_client.api import (
    CourseRow,
    EnrollmentKind,
    FakeLms,
    LmsUnreachable,
    ProgramRow,
    RosterAnswer,
)
from matricula.registrar.copies.api import Comparison, compare_upload, refresh_copy
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.registrar.partners.api import PermissionMissing
from tests.registrar import given
from tests.registrar.copies.calling_lms import COURSE, PROGRAM, CountingLms

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Fault:
    verdict: str


@dataclass(frozen=True)
class Row:
    line: int
    student_key: str
    status: str
    course_id: str = ""
    course_staff: str = ""
    fault: Fault | None = None


def compared(
    rows: Iterable[Row], *, kind: EnrollmentKind = PROGRAM, minutes: int = 0
) -> Comparison:
    program = given.program()
    given.with_role("read_write_enrollments", school=given.RIVER)
    at = given.NOW + timedelta(minutes=minutes)
    return compare_upload(program=program, kind=kind, rows=rows, by=given.actor(), at=at)


def file(*cells: tuple[str, ...]) -> list[Row]:
    blank = ("", "")
    whole = [(*each, *blank)[:4] for each in cells]
    return [
        Row(line, key, status, course, staff)
        for line, (key, status, course, staff) in enumerate(whole, start=2)
    ]


def test_a_file_is_compared_before_it_is_sent(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2", "rv-3", "rv-4")
    counting.enroll("rv-5", status="canceled")
    told = compared(
        file(
            ("rv-1", "enrolled"),
            (" RV-2", "canceled"),
            ("rv-3", "suspended"),
            ("rv-6", "enrolled"),
            ("rv-7", "enroled"),
        )
    )
    assert told == Comparison(
        is_current=True,
        proven_at=told.proven_at,
        copy_age_seconds=0,
        size=5,
        rows=5,
        new=1,
        changed=2,
        canceled=1,
        unchanged=1,
        missing=2,
        missing_by_status={"enrolled": 1, "canceled": 1},
        wrong={"invalid-status": 1},
        examples={"unchanged": [2], "changed": [3, 4], "new": [5], "invalid-status": [6]},
    )
    assert told.source == "copy"
    assert timedelta(0) <= told.proven_at - given.NOW < timedelta(minutes=1)


def test_a_file_of_courses_is_compared_with_the_courses_it_names(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2", "rv-3", "rv-4")
    counting.grant("rv-1", "rv-2", "rv-4")
    counting.grant("rv-3", staff=True)
    counting.grant("rv-1", "rv-2", run=given.SECOND_RUN)
    told = compared(
        file(
            ("rv-1", "active", given.RUN),
            ("rv-2", "inactive", "HYD-A"),
            ("rv-3", "active", "HYD-A", "false"),
            ("rv-9", "active", "HYD-A"),
            ("rv-1", "active", "ART-1"),
            ("rv-2", "gone", "HYD-A"),
            ("rv-3", "active", given.RUN, "perhaps"),
        ),
        kind=COURSE,
    )
    assert (told.size, told.missing, told.missing_by_status) == (4, 1, {"active": 1})
    assert (told.unchanged, told.changed, told.canceled, told.new) == (1, 0, 0, 0)
    assert told.wrong == {"not-in-program": 1, "course-not-found": 1, "duplicated": 4}
    more = compared(
        file(
            ("rv-2", "inactive", "HYD-A"),
            ("rv-3", "active", "HYD-A", "FALSE"),
            ("rv-4", "active", "HYD-A", "perhaps"),
            ("rv-3", "active", given.SECOND_RUN, "true"),
        ),
        kind=COURSE,
        minutes=1,
    )
    assert (more.size, more.changed, more.canceled, more.new) == (6, 2, 1, 1)
    assert more.wrong == {"invalid-course-staff": 1}


@pytest.mark.parametrize("key", ["", " \u200b", "x" * 256, "a\x00b", "a\tb"])
def test_what_can_be_no_key_is_wrong(counting: CountingLms, key: str) -> None:
    told = compared(file((key, "enrolled"), (key, "enrolled")))
    assert (told.wrong, told.examples) == ({"invalid-key": 2}, {"invalid-key": [2, 3]})


def test_rows_of_one_student_are_all_wrong(counting: CountingLms) -> None:
    told = compared(file(("rv-1", "enrolled"), ("RV-1 ", "nonsense\x00"), ("rv-2", "enrolled")))
    assert (told.wrong, told.new) == ({"duplicated": 2}, 1)


def test_what_is_known_to_be_wrong_stays_so(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    row = Row(2, "rv-1", "ended", fault=Fault("invalid-row"))
    told = compared([row, Row(3, "rv-1", "ended")])
    assert (told.wrong, told.changed, told.missing) == ({"invalid-row": 1}, 1, 0)


def test_examples_are_few(counting: CountingLms) -> None:
    told = compared(Row(line, f"rv-{line}", "enrolled") for line in range(2, 100))
    assert (told.new, told.examples) == (98, {"new": [2, 3, 4, 5, 6]})


def test_a_file_without_rows_says_who_is_missing(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    told = compared([])
    assert (told.rows, told.size, told.missing, told.changed) == (0, 1, 1, 0)


def test_of_several_curricula_all_must_be_so_already(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    compared([])
    row = CopiedRow.objects.get()
    row.pk = (row.copy_id, row.bucket, row.folded, "", given.uuid("hydrology/2"))
    row.status = "ended"
    row.save(force_insert=True)
    told = compared(file(("rv-1", "enrolled")))
    assert (told.changed, told.unchanged) == (1, 0)


def test_the_copy_is_proven_by_one_call(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    compared([])
    counting.forget_calls()
    assert compared([], minutes=1).is_current
    assert (counting.digests, counting.fetched) == (1, [])


def test_while_the_lms_is_away_an_older_copy_serves_and_says_so(
    counting: CountingLms, settings: Settings
) -> None:
    counting.enroll("rv-1")
    compared([])
    settings.REACH_LMS = away
    told = compared(file(("rv-1", "ended")), minutes=10)
    assert (told.is_current, told.changed) == (False, 1)
    assert 590 < told.copy_age_seconds <= 600
    assert told.proven_at - given.NOW < timedelta(minutes=1)


def away() -> FakeLms:
    raise LmsUnreachable("The LMS cannot be reached.")


def test_without_copy_and_lms_there_is_no_comparison(settings: Settings) -> None:
    settings.REACH_LMS = away
    with pytest.raises(LmsIsUnreachable):
        compared([])


def test_it_is_noted_that_the_copy_was_used(counting: CountingLms) -> None:
    refresh_copy(program=given.program(), kind=COURSE, by=given.OPERATOR, at=given.NOW)
    compared([], minutes=5)
    used = dict(Copy.objects.values_list("kind", "used_at"))
    assert used == {
        PROGRAM.value: given.NOW + timedelta(minutes=5),
        COURSE.value: given.NOW,
    }


def test_only_who_may_write_compares(counting: CountingLms) -> None:
    program = given.program()
    given.with_role("read_enrollments", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        compare_upload(program=program, kind=PROGRAM, rows=[], by=given.actor(), at=given.NOW)


@pytest.mark.parametrize("kind", EnrollmentKind)
def test_it_says_what_the_lms_then_does(counting: CountingLms, kind: EnrollmentKind) -> None:
    counting.enroll("rv-1", "rv-2", "rv-3")
    counting.grant("rv-1", "rv-2")
    is_course = kind is COURSE
    on, off = ("active", "inactive") if is_course else ("enrolled", "canceled")
    words = [("rv-1", on), ("rv-2", off), ("rv-3", on), ("rv-4", on), ("rv-5", "nonsense")]
    name = "HYD-A" if is_course else ""
    told = compared(file(*((key, word, name) for key, word in words)), kind=kind)
    rows = [
        CourseRow(student_key=key, course_id=name, status=word)
        if is_course
        else ProgramRow(student_key=key, status=word)
        for key, word in words
    ]
    sent = counting.send_roster(given.HYDROLOGY, rows)
    assert isinstance(sent, RosterAnswer)
    assert sent.counts == {
        "create": told.new,
        "update": told.changed,
        "unchanged": told.unchanged,
        "refuse": sum(told.wrong.values()),
    }
