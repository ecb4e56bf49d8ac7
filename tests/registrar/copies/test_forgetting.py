"""Forgetting: at once, after a while unused, and when there are too many rows."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from matricula.registrar.copies.api import (
    forget_copies,
    forget_superfluous_copies,
    refresh_copy,
)
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.partners.api import PermissionMissing
from tests.registrar import given
from tests.registrar.copies.calling_lms import COURSE, PROGRAM, CountingLms

pytestmark = pytest.mark.django_db


def copied(key: str = given.HYDROLOGY, *, days: int = 0) -> Copy:
    at = given.NOW + timedelta(days=days)
    return refresh_copy(program=given.program(key), kind=PROGRAM, by=given.OPERATOR, at=at)


def kept() -> set[str]:
    return set(Copy.objects.values_list("program__key", flat=True))


def test_a_programs_copies_are_forgotten_with_their_rows(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    copied()
    refresh_copy(program=given.program(), kind=COURSE, by=given.OPERATOR, at=given.NOW)
    copied(given.GEOLOGY)
    assert forget_copies(program=given.program(), by=given.OPERATOR) == 2
    assert kept() == {given.GEOLOGY}
    assert not CopiedRow.objects.exists()
    assert forget_copies(program=None, by=given.OPERATOR) == 1


def test_what_nobody_has_used_for_long_is_forgotten(
    counting: CountingLms, settings: Settings
) -> None:
    copied()
    copied(given.GEOLOGY, days=1)
    late = given.NOW + timedelta(days=settings.COPY_DAYS, seconds=1)
    assert forget_superfluous_copies(by=given.OPERATOR, at=late) == 1
    assert kept() == {given.GEOLOGY}


def test_of_too_many_rows_those_used_last_are_kept(
    counting: CountingLms, settings: Settings
) -> None:
    counting.enroll("rv-1", "rv-2")
    copied()
    copied(given.GEOLOGY, days=1)
    copied(given.POETRY, days=-1)
    settings.COPY_ROWS = 2
    assert forget_superfluous_copies(by=given.OPERATOR, at=given.NOW) == 0
    settings.COPY_ROWS = 1
    assert forget_superfluous_copies(by=given.OPERATOR, at=given.NOW) == 2
    assert kept() == {given.GEOLOGY}


def test_rows_go_with_their_program(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    copied().program.delete()
    assert not CopiedRow.objects.exists()


def test_a_school_forgets_nothing(counting: CountingLms) -> None:
    program = given.program()
    given.with_role("read_write_enrollments", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        forget_copies(program=program, by=given.actor())
    with pytest.raises(PermissionMissing):
        forget_superfluous_copies(by=given.actor(), at=given.NOW)
