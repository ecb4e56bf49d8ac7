"""A copy of a program's enrollments proves itself, against the LMS in memory and a real one."""

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as sampled

from matricula.lms.catalog.api import get_program
from matricula.lms.kernel.api import find_key_fault, fold
from matricula.lms.program_enrollments.api import STATUSES
from matricula.lms_client.api import (
    CourseRow,
    Digest,
    EnrollmentKind,
    Lms,
    LmsNotFound,
    ProgramRow,
    StoredProgramRow,
    StoredRow,
    digest_bucket,
    digest_buckets,
    digest_program,
    find_bucket,
    list_differing_buckets,
)
from tests import given
from tests.lms_client.conftest import COMMITTED, HYDROLOGY, RUN, Side

PROGRAM, COURSE = EnrollmentKind.PROGRAM_ENROLLMENTS, EnrollmentKind.COURSE_ENROLLMENTS
ALL = [f"{number:02x}" for number in range(256)]
KEYS = ["rv-1", "RV-2", "José", "日本", "STRASSE", "\u1e9b\u0323", "a b", 'say "no"']


def write(side: Side, *keys: str, status: str = "enrolled") -> None:
    rows = [ProgramRow(student_key=key, status=status) for key in keys]
    for start in range(0, len(rows), 3):  # more would become a job
        side.lms.send_roster(HYDROLOGY, rows[start : start + 3])


def write_courses(side: Side, *keys: str, status: str = "active", staff: bool = False) -> None:
    for key in keys:
        row = CourseRow(student_key=key, course_id=RUN, status=status, course_staff=staff)
        side.lms.send_roster(HYDROLOGY, [row])


def copy(lms: Lms, kind: EnrollmentKind) -> list[StoredRow]:
    return list(lms.list_bucket_rows(HYDROLOGY, kind, ALL))


@pytest.mark.parametrize("kind", EnrollmentKind)
def test_who_has_all_rows_has_the_digest(side: Side, kind: EnrollmentKind) -> None:
    write(side, *KEYS)
    write_courses(side, *KEYS[:4], staff=True)
    side.lms.bind_student_keys("RiverU", {"josé": "mira"}, reason="saw a passport")

    rows = copy(side.lms, kind)

    assert digest_program(HYDROLOGY, kind, rows) == side.lms.get_digest(HYDROLOGY, kind)
    assert all(row.bucket == find_bucket(row.student_key) for row in rows)
    assert [row.student_key for row in rows if row.account_exists] == ["José"]
    assert {row.student_key for row in rows} == set(KEYS if kind is PROGRAM else KEYS[:4])


def test_rows_say_what_a_roster_may_change(side: Side) -> None:
    write(side, "rv-1", status="pending")
    write_courses(side, "rv-1", status="inactive", staff=True)
    curriculum = side.lms.get_program(side.program).curricula[0].uuid

    assert [row.list_cells() for row in copy(side.lms, PROGRAM)] == [
        [str(curriculum), "pending", "false", "rv-1"]
    ]
    assert [row.list_cells() for row in copy(side.lms, COURSE)] == [
        [RUN, str(curriculum), "inactive", "true", "false", "rv-1"]
    ]


def test_an_empty_program_has_a_digest_without_buckets(side: Side) -> None:
    digest = side.lms.get_digest(HYDROLOGY, PROGRAM)

    assert digest == digest_program(HYDROLOGY, PROGRAM, [])
    assert (digest.rows, list(digest.buckets)) == (0, [])


def test_only_the_buckets_that_differ_are_fetched(side: Side) -> None:
    write(side, *KEYS)
    known = side.lms.get_digest(HYDROLOGY, PROGRAM)
    rows = {row.bucket: row for row in copy(side.lms, PROGRAM)}

    write(side, "rv-1", status="ended")
    write(side, "rv-9")
    now = side.lms.get_digest(HYDROLOGY, PROGRAM)
    differing = list_differing_buckets(known.buckets, now)

    assert differing == sorted({find_bucket("rv-1"), find_bucket("rv-9")})
    fetched = list(side.lms.list_bucket_rows(HYDROLOGY, PROGRAM, differing))
    assert sorted(row.student_key for row in fetched) == ["rv-1", "rv-9"]
    rows |= {row.bucket: row for row in fetched}
    assert digest_program(HYDROLOGY, PROGRAM, rows.values()) == now


def test_what_is_not_changed_keeps_its_digest(side: Side) -> None:
    write(side, *KEYS)
    before = side.lms.get_digest(HYDROLOGY, PROGRAM)

    write(side, *KEYS)

    assert side.lms.get_digest(HYDROLOGY, PROGRAM) == before


def test_no_buckets_have_no_rows(side: Side) -> None:
    write(side, "rv-1")

    assert list(side.lms.list_bucket_rows(HYDROLOGY, PROGRAM, [])) == []


def test_an_unknown_program_has_no_digest(side: Side) -> None:
    with pytest.raises(LmsNotFound):
        side.lms.get_digest("no-such-program", PROGRAM)
    with pytest.raises(LmsNotFound):
        list(side.lms.list_bucket_rows("no-such-program", PROGRAM, ["00"]))


def test_a_bucket_that_has_lost_its_rows_differs() -> None:
    row = StoredProgramRow(
        bucket="", curriculum="c", status="enrolled", account_exists=False, student_key="rv-1"
    )
    known = digest_program(HYDROLOGY, PROGRAM, [row])
    nothing = digest_program(HYDROLOGY, PROGRAM, [])

    assert list_differing_buckets(known.buckets, nothing) == [find_bucket("rv-1")]
    assert list_differing_buckets(nothing.buckets, known) == [find_bucket("rv-1")]
    assert list_differing_buckets(known.buckets, known) == []


def test_the_order_of_rows_does_not_count_and_their_cells_do() -> None:
    rows = [
        StoredProgramRow(
            bucket="", curriculum=cell, status="enrolled", account_exists=False, student_key="rv-1"
        )
        for cell in ("a", "b")
    ]

    assert digest_bucket(rows) == digest_bucket(rows[::-1])
    assert digest_bucket(rows) != digest_bucket(rows[:1])
    assert digest_buckets([]) == digest_program(HYDROLOGY, PROGRAM, []).digest


@COMMITTED
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@sampled(
    students=strategies.dictionaries(
        strategies.text(min_size=1, max_size=12).filter(
            lambda key: bool(fold(key)) and find_key_fault(key) is None
        ),
        strategies.sampled_from(list(STATUSES)),
        max_size=12,
    )
)
def test_sql_and_python_compute_the_same(real_side: Side, students: dict[str, str]) -> None:
    for key, status in students.items():
        given.enrolled(key, program=get_program(key=HYDROLOGY), status=status)

    expected: Digest = digest_program(HYDROLOGY, PROGRAM, copy(real_side.lms, PROGRAM))

    assert real_side.lms.get_digest(HYDROLOGY, PROGRAM) == expected
