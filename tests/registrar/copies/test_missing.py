"""Who is missing from a file, row by row."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import connection

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.copies.api import Comparison, MissingRow, compare_upload
from matricula.registrar.copies.missing import LIST_MISSING, TakeMissing
from matricula.registrar.copies.models import CopiedRow, Copy
from tests.registrar import given
from tests.registrar.copies.calling_lms import COURSE, PROGRAM, CountingLms
from tests.registrar.copies.test_comparing import Row, file

pytestmark = pytest.mark.django_db


def compared(
    rows: Iterable[Row], take: TakeMissing, *, kind: EnrollmentKind = PROGRAM
) -> Comparison:
    program = given.program()
    given.with_role("read_write_enrollments", school=given.RIVER)
    return compare_upload(
        program=program, kind=kind, rows=rows, by=given.actor(), at=given.NOW, take_missing=take
    )


def missing(rows: Iterable[Row], *, kind: EnrollmentKind = PROGRAM) -> list[tuple[str, ...]]:
    taken: list[MissingRow] = []
    told = compared(rows, taken.extend, kind=kind)
    assert told.missing == len(taken)
    return [tuple(each) for each in taken]


def test_those_whom_no_row_names_are_given_by_student_key(counting: CountingLms) -> None:
    counting.enroll("rv-1", "RV-3", "rv-2", "rv-4")
    counting.enroll("rv-5", status="canceled")
    rows = file((" RV-2", "ended"), ("rv-4", "nonsense"), ("rv-9", "enrolled"))
    assert missing(rows) == [
        ("rv-1", "", "enrolled"),
        ("RV-3", "", "enrolled"),
        ("rv-5", "", "canceled"),
    ]


def test_of_a_file_of_courses_it_is_those_in_the_courses_that_it_names(
    counting: CountingLms,
) -> None:
    counting.enroll("rv-1", "rv-2", "rv-3")
    counting.grant("rv-1", "rv-2")
    counting.grant("rv-1", "rv-3", run=given.SECOND_RUN)
    assert missing(file(("rv-2", "inactive", "HYD-A")), kind=COURSE) == [
        ("rv-1", given.RUN, "active")
    ]
    assert missing(file(("rv-1", "active", "ART-1")), kind=COURSE) == []


def test_a_student_of_two_curricula_is_missing_twice(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    missing([])
    row = CopiedRow.objects.get()
    row.pk = (row.copy_id, row.bucket, row.folded, "", given.uuid("hydrology/2"))
    row.status = "ended"
    row.save(force_insert=True)
    assert missing([]) == [("rv-1", "", "ended"), ("rv-1", "", "enrolled")]
    assert missing(file(("rv-1", "enrolled"))) == []


def test_that_nobody_is_missing_is_told_as_well(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    taken: list[list[MissingRow]] = []
    compared(file(("rv-1", "ended")), lambda rows: taken.append(list(rows)))
    assert taken == [[]]


@pytest.mark.parametrize("joins", ["any", "nested loops"])
@pytest.mark.parametrize("statistics", ["none", "true", "of an empty table"])
def test_the_file_is_never_read_for_each_row_of_the_copy(
    counting: CountingLms, statistics: str, joins: str
) -> None:
    counting.enroll(*(f"rv-{number}" for number in range(500)))
    compared([], list)
    if statistics == "true":
        _run("ANALYZE copied_row")
    elif statistics != "none":
        _run("UPDATE pg_class SET relpages = 9, reltuples = 0 WHERE relname = 'copied_row'")
    if joins == "nested loops":
        _run("SET LOCAL enable_hashjoin = off")
        _run("SET LOCAL enable_mergejoin = off")
    plans: list[Any] = []
    compared((Row(n, f"no-{n}", "enrolled") for n in range(2, 3_000)), lambda _: _explain(plans))
    [plan] = plans
    reading = [
        inner["Node Type"]
        for loop in _list_nodes(plan)
        if loop["Node Type"] == "Nested Loop"
        for inner in _list_nodes(loop["Plans"][1])
    ]
    assert "Seq Scan" not in reading


def _explain(plans: list[Any]) -> None:
    params: dict[str, Any] = {
        "copy_id": Copy.objects.get().pk,
        "is_course": False,
        "course_runs": [],
    }
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {LIST_MISSING}", params)
        plans.append(cursor.fetchone()[0][0]["Plan"])


def _list_nodes(plan: Any) -> Iterator[Any]:  # noqa: ANN401  as PostgreSQL tells it
    yield plan
    for child in plan.get("Plans", ()):
        yield from _list_nodes(child)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
