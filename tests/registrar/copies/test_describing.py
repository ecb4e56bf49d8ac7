"""Describing copies, without their rows."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.registrar.copies.api import describe_copies, list_copies, refresh_copy
from matricula.registrar.partners.api import PermissionMissing
from tests.registrar import given
from tests.registrar.copies.calling_lms import COURSE, PROGRAM, CountingLms

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(seconds=90)


def copied(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2")
    counting.enroll("rv-3", status="ended")
    counting.grant("rv-1")
    for kind in (PROGRAM, COURSE):
        refresh_copy(program=given.program(), kind=kind, by=given.OPERATOR, at=given.NOW)
    refresh_copy(
        program=given.program(given.GEOLOGY), kind=PROGRAM, by=given.OPERATOR, at=given.NOW
    )


def test_both_kinds_of_a_program_are_counted_and_one_call_each_says_if_they_are_current(
    counting: CountingLms,
) -> None:
    copied(counting)
    counting.enroll("rv-3", status="canceled")
    counting.forget_calls()
    told = describe_copies(program=given.program(), by=given.OPERATOR, at=LATER)
    assert [(each.kind, each.counts, each.is_current) for each in told] == [
        (PROGRAM, {"enrolled": 2, "ended": 1}, False),
        (COURSE, {"active": 1}, True),
    ]
    assert {each.age_seconds for each in told} <= {89, 90}
    assert (counting.digests, counting.fetched) == (2, [])


def test_what_the_lms_no_longer_has_is_not_current(counting: CountingLms) -> None:
    copied(counting)
    program = given.program()
    counting.programs = []
    told = describe_copies(program=program, by=given.OPERATOR, at=LATER)
    assert [each.is_current for each in told] == [False, False]


def test_all_are_listed_without_a_call(
    counting: CountingLms, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    copied(counting)
    counting.forget_calls()
    with django_assert_num_queries(1):
        told = list_copies(by=given.OPERATOR, at=LATER)
    assert [(each.program_key, each.rows, each.is_current) for each in told] == [
        (given.GEOLOGY, 0, None),
        (given.HYDROLOGY, 1, None),
        (given.HYDROLOGY, 3, None),
    ]
    assert counting.digests == 0


def test_a_school_describes_its_own_and_lists_none(counting: CountingLms) -> None:
    copied(counting)
    given.with_role("read_enrollments", school=given.RIVER)
    assert describe_copies(program=given.program(), by=given.actor(), at=LATER)
    with pytest.raises(PermissionMissing):
        describe_copies(program=given.program(given.POETRY), by=given.actor(), at=LATER)
    with pytest.raises(PermissionMissing):
        list_copies(by=given.actor(), at=LATER)
