"""Refreshing: one call where nothing has changed, the buckets that differ where something has."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as sampled
from pytest_django import Settings

from matricula.lms_client.api import (
    EnrollmentKind,
    FakeLms,
    LmsUnreachable,
    StoredProgramRow,
    digest_program,
    find_bucket,
)
from matricula.registrar.copies.api import CopyNotProven, CopyTooLarge, refresh_copy
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.registrar.partners.api import PermissionMissing, UnknownProgram
from tests.registrar import given
from tests.registrar.copies.calling_lms import ALL, COURSE, PROGRAM, CountingLms

pytestmark = pytest.mark.django_db

KEYS = ["rv-1", "RV-2", "José", "日本", "STRASSE", "\u1e9b\u0323", "a b", 'say "no"', "a\\b"]
STEP = timedelta(minutes=1)


def refreshed(kind: EnrollmentKind = PROGRAM, *, steps: int = 0) -> Copy:
    return refresh_copy(
        program=given.program(), kind=kind, by=given.OPERATOR, at=given.NOW + steps * STEP
    )


def statuses() -> dict[str, str]:
    return dict(CopiedRow.objects.values_list("student_key", "status"))


@pytest.mark.parametrize("kind", EnrollmentKind)
def test_a_copy_is_what_the_lms_holds(counting: CountingLms, kind: EnrollmentKind) -> None:
    counting.usernames = {"mira"}
    counting.enroll(*KEYS)
    counting.grant(*KEYS[:5])
    counting.grant(KEYS[0], run=given.SECOND_RUN, staff=True)
    counting.bind_student_keys(given.RIVER, {"josé": "mira"}, reason="saw a passport")

    copy = refreshed(kind)

    assert copy.digest == counting.get_digest(given.HYDROLOGY, kind).digest
    assert copy.rows == CopiedRow.objects.count() == (9 if kind is PROGRAM else 6)
    assert set(statuses()) == set(KEYS if kind is PROGRAM else KEYS[:5])
    there = CopiedRow.objects.filter(account_exists=True).values_list("student_key", flat=True)
    assert list(there) == ["José"]


def test_while_nothing_changes_it_costs_one_call(counting: CountingLms) -> None:
    counting.enroll(*KEYS)
    refreshed()
    counting.forget_calls()
    copy = refreshed(steps=1)
    assert (counting.digests, counting.fetched) == (1, [])
    assert copy.proven_at >= given.NOW + STEP


def test_only_buckets_that_differ_are_fetched(counting: CountingLms) -> None:
    counting.enroll(*KEYS)
    refreshed()
    counting.forget_calls()
    counting.enroll("rv-1", status="canceled")
    counting.enroll("new-1")
    refreshed(steps=1)
    assert counting.digests == 1
    assert counting.fetched == [sorted({find_bucket("rv-1"), find_bucket("new-1")})]
    assert (statuses()["rv-1"], statuses()["new-1"]) == ("canceled", "enrolled")


def test_a_bucket_that_the_lms_no_longer_has_is_emptied(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2")
    refreshed()
    program = given.program()
    del counting._students[program.uuid, "rv-1"]
    refreshed(steps=1)
    assert statuses() == {"rv-2": "enrolled"}


def test_an_empty_program_has_an_empty_copy(counting: CountingLms) -> None:
    copy = refreshed()
    assert (copy.rows, counting.fetched) == (0, [])


def test_what_was_proven_since_somebody_asked_is_not_asked_for_again(
    counting: CountingLms,
) -> None:
    refreshed(steps=1)
    counting.forget_calls()
    refreshed()
    assert counting.digests == 0


def test_rows_newer_than_the_digest_are_proven_by_the_next_one(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    counting.before_rows = lambda _: counting.enroll("rv-1", status="suspended")
    copy = refreshed()
    assert counting.digests == 2
    assert len(counting.fetched) == 1
    assert (copy.rows, statuses()) == (1, {"rv-1": "suspended"})


def test_what_is_not_proven_is_fetched_whole(counting: CountingLms) -> None:
    """This bucket and another one change while it is fetched."""
    counting.enroll("rv-1", "rv-2")
    refreshed()
    counting.enroll("rv-1", status="ended")
    counting.forget_calls()
    counting.before_rows = lambda _: counting.enroll("rv-1", "rv-2", status="canceled")
    refreshed(steps=1)
    assert counting.fetched == [
        [find_bucket("rv-1")],
        sorted({find_bucket("rv-1"), find_bucket("rv-2")}),
    ]
    assert statuses() == {"rv-1": "canceled", "rv-2": "canceled"}


def test_a_row_that_was_damaged_here_is_mended(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2")
    refreshed()
    CopiedRow.objects.filter(student_key="rv-2").update(status="ended")
    counting.enroll("rv-1", status="ended")
    refreshed(steps=1)
    assert statuses() == {"rv-1": "ended", "rv-2": "enrolled"}


def test_an_lms_that_never_stands_still_leaves_the_copy_as_it_was(counting: CountingLms) -> None:
    counting.enroll("rv-1", "rv-2")
    before = refreshed()
    counting.enroll("rv-1", status="ended")

    def go_on_changing(calls: int) -> None:
        counting.enroll("rv-1", f"more-{calls}", status=["pending", "suspended"][calls % 2])

    counting.before_rows = go_on_changing
    with pytest.raises(CopyNotProven):
        refreshed(steps=1)
    after = Copy.objects.get()
    assert (after.digest, after.proven_at) == (before.digest, before.proven_at)
    assert statuses() == {"rv-1": "enrolled", "rv-2": "enrolled"}


def test_an_lms_that_goes_away_between_rows_leaves_the_copy_as_it_was(
    counting: CountingLms,
) -> None:
    counting.enroll("rv-1", "rv-2")
    refreshed()
    counting.enroll("rv-1", status="ended")

    def go_away(_: int) -> None:
        raise LmsUnreachable("The LMS cannot be reached.")

    counting.before_rows = go_away
    with pytest.raises(LmsIsUnreachable):
        refreshed(steps=1)
    assert statuses() == {"rv-1": "enrolled", "rv-2": "enrolled"}
    assert Copy.objects.get().proven_at < given.NOW + STEP


def test_a_copy_that_cannot_be_begun_is_none(settings: Settings) -> None:
    def away() -> FakeLms:
        raise LmsUnreachable("The LMS cannot be reached.")

    settings.REACH_LMS = away
    with pytest.raises(LmsIsUnreachable):
        refreshed()
    assert not Copy.objects.exists()


def test_a_program_with_too_many_rows_is_not_copied(
    counting: CountingLms, settings: Settings
) -> None:
    settings.COPY_ROWS = 1
    counting.enroll("rv-1", "rv-2")
    with pytest.raises(CopyTooLarge):
        refreshed()
    assert counting.fetched == []


def test_a_program_that_the_lms_no_longer_has_is_unknown(counting: CountingLms) -> None:
    program = given.program()
    counting.programs.clear()
    with pytest.raises(UnknownProgram):
        refresh_copy(program=program, kind=PROGRAM, by=given.OPERATOR, at=given.NOW)


def test_a_school_refreshes_nothing(counting: CountingLms) -> None:
    program = given.program()
    given.with_role("read_write_enrollments", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        refresh_copy(program=program, kind=PROGRAM, by=given.actor(), at=given.NOW)


ACTS = strategies.one_of(
    strategies.tuples(
        strategies.just("enroll"),
        strategies.sampled_from(KEYS),
        strategies.sampled_from(["enrolled", "canceled"]),
    ),
    strategies.tuples(
        strategies.just("grant"),
        strategies.sampled_from(KEYS),
        strategies.sampled_from(["active", "inactive"]),
    ),
    strategies.tuples(strategies.just("bind"), strategies.sampled_from(KEYS), strategies.just("")),
    strategies.tuples(
        strategies.just("refresh"), strategies.just(""), strategies.sampled_from([PROGRAM, COURSE])
    ),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@sampled(acts=strategies.lists(ACTS, max_size=20))
def test_whatever_happens_a_refreshed_copy_is_what_the_lms_holds(
    settings: Settings, acts: list[tuple[str, str, str]]
) -> None:
    Copy.objects.all().delete()
    lms = CountingLms(programs=given.catalog(), usernames={"mira"})
    settings.REACH_LMS = lambda: lms
    steps = 0
    for act, key, word in acts:
        if act == "enroll":
            lms.enroll(key, status=word)
        elif act == "grant":
            lms.grant(key, status=word)
        elif act == "bind":
            lms.bind_student_keys(given.RIVER, {key: "mira"}, reason="saw a passport")
        else:
            steps += 1
            refreshed(EnrollmentKind(word), steps=steps)
    for kind in EnrollmentKind:
        steps += 1
        copy = refreshed(kind, steps=steps)
        there = list(lms.list_bucket_rows(given.HYDROLOGY, kind, ALL))
        assert copy.digest == digest_program(given.HYDROLOGY, kind, there).digest
        assert copied(copy) == {row_of(each) for each in there}


def copied(copy: Copy) -> set[tuple[object, ...]]:
    names = ("student_key", "status", "account_exists", "course_run", "course_staff", "curriculum")
    rows = CopiedRow.objects.filter(copy=copy).values_list(*names)
    return {(*rest, str(curriculum)) for *rest, curriculum in rows}


def row_of(row: object) -> tuple[object, ...]:
    is_program = isinstance(row, StoredProgramRow)
    names = ["student_key", "status", "account_exists"]
    values = [getattr(row, name) for name in names]
    of_courses = ["", None] if is_program else [getattr(row, "course_run", ""), row.course_staff]  # type: ignore[attr-defined]  # a course row has it
    return (*values, *of_courses, getattr(row, "curriculum", ""))
