"""Who is missing from a file, as a file of which the next one can be made."""

import csv
import io
from datetime import UTC, datetime

import pytest

from matricula.lms_client.api import FakeLms, ProgramRow
from matricula.registrar.copies.api import MissingRow
from matricula.registrar.files.api import FileGone
from matricula.registrar.uploads.api import Plan, delete_expired_rows, list_rows, open_missing
from matricula.registrar.uploads.keeping import keep_missing
from tests.registrar import given
from tests.registrar.uploads.sending import (
    applied,
    begun_again,
    planned,
    undone,
    with_grants,
    with_students,
)

pytestmark = pytest.mark.django_db

FILE = "student_key,status\nrv-1,ended\nrv-9,enrolled\n"


def offered(plan: Plan, **wanted: str) -> list[dict[str, str]]:
    with open_missing(plan, **wanted) as file:
        text = file.read().decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_says_who_they_are_where_that_is_from_and_as_of_when(lms: FakeLms) -> None:
    with_students(lms, 3)
    began = datetime.now(UTC)
    rows = offered(planned(FILE))
    assert [list(each.values())[:3] for each in rows] == [
        ["rv-0", "enrolled", "copy"],
        ["rv-2", "enrolled", "copy"],
    ]
    assert list(rows[0]) == ["student_key", "status", "source", "as_of"]
    assert began <= datetime.fromisoformat(rows[0]["as_of"]) <= datetime.now(UTC)


def test_with_other_statuses_it_is_the_next_file(lms: FakeLms) -> None:
    with_students(lms, 3)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="=rv", status="pending")])
    with open_missing(planned(FILE)) as file:
        content = file.read().decode()
    assert "\r\n'=rv,pending,copy," in content
    again = planned(content.replace("enrolled", "canceled"))
    assert again.job.counts == {"update": 2, "unchanged": 1}


def test_of_courses_it_has_the_course_and_of_a_status_those_alone(lms: FakeLms) -> None:
    with_students(lms, 3)
    with_grants(lms, 2)
    plan = planned("student_key,course_id,status\nrv-0,HYD-A,active\n")
    [row] = offered(plan)
    assert (row["student_key"], row["course_id"], row["status"]) == ("rv-1", given.RUN, "active")
    assert offered(plan, status="active") == [row]
    with pytest.raises(FileGone):
        offered(plan, status="inactive")


def test_a_student_of_two_curricula_is_one_row_and_has_to_be_decided_on(lms: FakeLms) -> None:
    with_students(lms, 1)
    plan = planned("student_key,status\n")
    twice = [MissingRow("rv-7", "", "ended"), MissingRow("RV-7", "", "enrolled")]
    keep_missing(begun_again(plan.job), twice)
    assert [each["status"] for each in offered(plan)] == ["ended or enrolled"]


def test_they_are_apart_from_the_rows_of_the_file_and_go_with_them(lms: FakeLms) -> None:
    with_students(lms, 3)
    plan, by = planned(FILE), given.actor()
    assert [row.student_key for row in list_rows(job=plan.job, by=by, limit=9)] == ["rv-1", "rv-9"]
    found = list_rows(job=plan.job, by=by, word="missing", student_key="RV-2", limit=9)
    assert [(row.line, row.before) for row in found] == [(2, "enrolled")]
    delete_expired_rows(at=datetime(9999, 1, 1, tzinfo=UTC))
    with pytest.raises(FileGone):
        offered(plan)


def test_a_plan_that_is_begun_again_keeps_who_is_missing_then(lms: FakeLms) -> None:
    with_students(lms, 3)
    plan = planned(FILE)
    keep_missing(
        begun_again(plan.job), [MissingRow(f"no-{each}", "", "ended") for each in range(1_500)]
    )
    assert len(offered(plan)) == 1_500
    keep_missing(plan.job, [])
    with pytest.raises(FileGone):
        offered(plan)


def test_an_undo_leaves_nobody_out(lms: FakeLms) -> None:
    with_students(lms, 3)
    with pytest.raises(FileGone):
        offered(undone(applied(planned(FILE))))
