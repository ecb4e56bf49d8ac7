"""Wishing for copies, granting it, and outlining programs by them."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.registrar.copies.api import (
    Outline,
    find_past,
    grant_wishes,
    outline_programs,
    refresh_copy,
    wish_for_copies,
)
from matricula.registrar.copies.models import Copy
from matricula.registrar.copies.tasks import OURSELVES
from matricula.registrar.partners.api import PermissionMissing, get_program
from tests.registrar import given
from tests.registrar.copies.calling_lms import COURSE, PROGRAM, CountingLms

pytestmark = pytest.mark.django_db


def wish(*keys: str) -> None:
    programs = [given.program(key) for key in keys or (given.HYDROLOGY,)]
    wish_for_copies(programs=programs, by=given.actor(), at=datetime.now(UTC))


def outline(key: str = given.HYDROLOGY) -> Outline:
    program = given.program(key)
    return outline_programs(programs=[program], by=given.actor())[program.pk]


@pytest.fixture(autouse=True)
def _a_reader() -> None:
    given.remembered()
    given.with_role("read_enrollments", school=given.RIVER)


def test_a_wish_is_granted_by_a_worker_and_counted_once(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2")
    counting.enroll("rv-3", status="ended")
    counting.usernames = {"mira"}
    counting.bind_student_keys(given.RIVER, {"rv-1": "mira"}, reason="the tests ask")
    assert outline().is_missing
    wish()
    assert (outline().is_awaited, outline().proven_at) == (True, None)

    assert grant_wishes(by=OURSELVES) == 1

    told = outline()
    assert (told.counts, told.rows, told.waiting) == ({"enrolled": 2, "ended": 1}, 3, 2)
    assert (told.waiting_percent, told.is_awaited, told.is_missing) == (67, False, False)
    past = find_past(program=given.program(), by=given.actor())
    assert past is not None
    assert [each.counts for each in past.months] == [{"enrolled": 2, "ended": 1}]


def test_what_changes_is_counted_anew_however_it_is_refreshed(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    wish()
    grant_wishes(by=OURSELVES)
    counting.enroll("rv-1", status="canceled")
    later = datetime.now(UTC) + timedelta(seconds=1)
    refresh_copy(program=given.program(), kind=PROGRAM, by=given.OPERATOR, at=later)
    assert outline().counts == {"canceled": 1}


def test_a_copy_from_before_there_were_counts_is_counted_at_its_next_look(
    counting: CountingLms,
) -> None:
    counting.enroll("rv-1")
    refresh_copy(program=given.program(), kind=PROGRAM, by=given.OPERATOR, at=given.NOW)
    Copy.objects.update(counts=None)
    assert outline().is_missing
    later = given.NOW + timedelta(hours=1)
    refresh_copy(program=given.program(), kind=PROGRAM, by=given.OPERATOR, at=later)
    assert outline().counts == {"enrolled": 1}


def test_many_wishes_are_one_task_and_a_wish_keeps_its_place(counting: CountingLms) -> None:
    del counting
    for _ in range(3):
        wish(given.HYDROLOGY, given.GEOLOGY)
    waiting = ProcrastinateJob.objects.filter(task_name="copies.grant_wishes", status="todo")
    assert waiting.count() == 1
    assert grant_wishes(by=OURSELVES) == 2
    assert grant_wishes(by=OURSELVES) == 0


def test_what_cannot_be_granted_says_why_and_stops_nobody(
    counting: CountingLms, settings: Settings
) -> None:
    counting.enroll("rv-1", "rv-2")
    settings.COPY_ROWS = 1
    wish(given.HYDROLOGY, given.GEOLOGY)
    assert grant_wishes(by=OURSELVES) == 1
    told = outline()
    assert (told.trouble_code, told.proven_at, told.is_missing) == ("copy-too-large", None, False)
    assert outline(given.GEOLOGY).proven_at is not None


def test_an_lms_that_is_away_leaves_the_copy_as_it_is(
    counting: CountingLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_away(*_: object) -> None:
        raise LmsUnreachable("Nobody answers.")

    counting.enroll("rv-1")
    wish()
    grant_wishes(by=OURSELVES)
    monkeypatch.setattr(FakeLms, "get_digest", be_away)
    wish()
    assert grant_wishes(by=OURSELVES) == 0
    told = outline()
    assert (told.counts, told.trouble) == ({"enrolled": 1}, "Nobody answers.")


def test_a_worker_that_is_to_stop_leaves_the_rest_for_later(counting: CountingLms) -> None:
    del counting
    wish(given.HYDROLOGY, given.GEOLOGY)
    answers = iter([False, True])
    assert grant_wishes(by=OURSELVES, is_stopping=lambda: next(answers)) == 1
    assert grant_wishes(by=OURSELVES) == 1


def test_copies_of_courses_are_no_outline_of_a_program(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    refresh_copy(program=given.program(), kind=COURSE, by=given.OPERATOR, at=given.NOW)
    assert outline().proven_at is None


def test_it_is_for_who_may_read_the_program(counting: CountingLms) -> None:
    del counting
    poetry = given.program(given.POETRY)
    with pytest.raises(PermissionMissing):
        wish_for_copies(programs=[poetry], by=given.actor(), at=given.NOW)
    with pytest.raises(PermissionMissing):
        find_past(program=poetry, by=given.actor())
    assert outline_programs(programs=[poetry], by=given.actor()) == {}
    with pytest.raises(PermissionMissing):
        grant_wishes(by=given.actor())


def test_any_number_of_programs_takes_three_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    by = given.actor()
    given.remembered([given.catalog_program(f"p{number}") for number in range(40)])
    for count in (1, 40):
        programs = [get_program(key=f"p{number}") for number in range(count)]
        with django_assert_num_queries(3):
            assert len(outline_programs(programs=programs, by=by)) == count
