"""Inviting many people into several course runs, by username or by address."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.catalog.api import CourseRunMode
from matricula.lms.course_enrollments.api import CourseEnrollment, find_seat_mode
from matricula.lms.identities.api import Identity, account_itself, email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import Change
from matricula.lms.preemptive_enrollments.api import Invitation, Standing, invite, uninvite
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    know_statistics,
    list_quadratic_nodes,
    planning,
)

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)
NEW = "new@example.org"

Told = tuple[bool, bool, bool, bool]

NOBODY = (False, False, False, False)
"""Without an account, not enrolled, not allowed in, not automatically."""


def ask(
    *identifiers: str, auto_enroll: bool = True, by: Actor = given.OPERATOR
) -> Sequence[Invitation]:
    run = given.course_run()
    done = invite(
        identifiers=identifiers, course_runs=[run.key], auto_enroll=auto_enroll, by=by, at=LATER
    )
    return done[run.key]


def take_back(*identifiers: str, by: Actor = given.OPERATOR) -> Sequence[Invitation]:
    run = given.course_run()
    return uninvite(identifiers=identifiers, course_runs=[run.key], by=by, at=LATER)[run.key]


def told(standing: Standing | None) -> Told:
    assert standing is not None
    return (
        standing.has_account,
        standing.is_enrolled,
        standing.is_allowed,
        standing.is_auto_enrolled,
    )


def stored() -> list[tuple[str, str, bool]]:
    rows = CourseEnrollment.objects.order_by("pk")
    return list(rows.values_list("identity__kind", "mode", "is_active"))


@pytest.fixture
def mira() -> Account:
    return given.account("mira")


def test_who_has_an_account_is_enrolled_and_who_has_none_is_allowed_in(mira: Account) -> None:
    known, unknown, nobody = ask("Mira", NEW, "nobody")
    assert (told(known.before), told(known.after)) == (
        (True, False, False, False),
        (True, True, False, False),
    )
    assert (told(unknown.before), told(unknown.after)) == (NOBODY, (False, False, True, True))
    assert nobody == Invitation("nobody", is_nobody=True)
    assert stored() == [("account", "audit", True), ("email", "audit", True)]


def test_who_is_allowed_in_is_enrolled_by_proving_the_address(mira: Account) -> None:
    ask(NEW)
    given.bound(email_address(NEW), mira)
    [again] = ask(NEW)
    assert told(again.before) == told(again.after) == (True, True, False, False)
    assert len(stored()) == 1


def test_an_address_that_is_proven_is_enrolled_at_once(mira: Account) -> None:
    given.bound(email_address(NEW), mira)
    [judged] = ask("NEW@example.org", auto_enroll=False)
    assert told(judged.after) == (True, True, False, False)
    assert stored() == [("email", "audit", True)]


def test_an_address_that_nobody_has_proven_waits_even_if_an_account_says_it(
    mira: Account,
) -> None:
    [judged] = ask("mira@example.org")
    assert told(judged.after) == (False, False, True, True)
    run_id = given.course_run().pk
    assert find_seat_mode(account_id=mira.pk, course_run_id=run_id) is None


@pytest.mark.parametrize("auto_enroll", [True, False])
def test_without_auto_enroll_an_address_is_only_permitted(*, auto_enroll: bool) -> None:
    ask(NEW, auto_enroll=not auto_enroll)
    [judged] = ask(NEW, auto_enroll=auto_enroll)
    assert told(judged.before) == (False, False, True, not auto_enroll)
    assert told(judged.after) == (False, False, True, auto_enroll)
    assert stored() == [("email", "audit", auto_enroll)]


def test_an_account_that_cannot_be_used_is_allowed_in_by_its_address(mira: Account) -> None:
    Account.objects.update(is_active=False)
    [judged] = ask("mira")
    assert told(judged.after) == (True, False, True, True)
    assert Identity.objects.get().folded == "mira@example.org"


def test_one_that_has_no_address_is_told(mira: Account) -> None:
    Account.objects.update(is_active=False, email="")
    [judged] = ask("mira")
    assert judged.fault == "the account cannot be used, and has no e-mail address"
    assert (judged.before, stored()) == (None, [])


def test_for_an_address_of_the_retired_nothing_is_done(mira: Account) -> None:
    given.bound(email_address(NEW), mira)
    given.retired(mira)
    [judged] = ask(NEW)
    assert told(judged.before) == told(judged.after) == NOBODY
    assert judged.fault == "this address is of somebody who was retired"
    assert stored() == []


def test_who_is_in_already_keeps_their_mode_and_nothing_is_written(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="verified")
    changes = Change.objects.count()
    [judged] = ask("mira")
    assert told(judged.before) == told(judged.after)
    assert (stored(), Change.objects.count()) == ([("account", "verified", True)], changes)


def test_who_is_in_by_a_program_needs_no_grant(mira: Account) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", mira)
    [judged] = ask("mira")
    assert told(judged.before) == told(judged.after) == (True, True, False, False)
    assert len(stored()) == 1


@pytest.mark.parametrize("identifier", ["mira", NEW])
def test_a_paid_mode_of_before_does_not_come_back(mira: Account, identifier: str) -> None:
    run = given.course_run()
    for name in (account_itself(mira.uuid), email_address(NEW)):
        given.granted(name, run=run, grant_mode="verified", is_active=False)
    ask(identifier)
    assert CourseEnrollment.objects.get(is_active=True).mode == "audit"


def test_an_invitation_that_waits_in_a_paid_mode_keeps_it() -> None:
    given.granted(email_address(NEW), run=given.course_run(), grant_mode="verified")
    ask(NEW)
    ask(NEW, auto_enroll=False)
    assert stored() == [("email", "verified", False)]


def test_the_mode_is_the_default_of_each_run(mira: Account) -> None:
    one, two = given.course_run(), given.course_run("HYD2")
    CourseRunMode.objects.create(course_run=two, mode="honor")
    keys = [one.key, two.key]
    invite(identifiers=["mira"], course_runs=keys, auto_enroll=True, by=given.OPERATOR, at=LATER)
    assert {mode for _, mode, _ in stored()} == {"audit", "honor"}


def test_one_person_named_twice_gets_one_grant_and_both_are_answered(mira: Account) -> None:
    given.bound(email_address(NEW), mira)
    answers = ask("mira", "MIRA", NEW, "other@x.org", "Other@x.org")
    assert [told(each.after)[1:3] for each in answers] == [(True, False)] * 3 + [(False, True)] * 2
    assert len(stored()) == 2


def test_a_run_that_there_is_not_is_told_to_each(mira: Account) -> None:
    known, unknown = given.course_run().key, "course-v1:No+Such+Run"
    done = invite(
        identifiers=["mira"],
        course_runs=[unknown, known],
        auto_enroll=True,
        by=given.OPERATOR,
        at=LATER,
    )
    assert [each.fault for each in done[unknown]] == [f"there is no course run '{unknown}'"]
    assert told(done[known][0].after) == (True, True, False, False)


@pytest.mark.parametrize("identifier", ["a@", "@", "a@b@c", "a\x00", "a\x00@x.org", "x" * 300])
def test_what_can_be_nobodys_name_is_nobody(identifier: str) -> None:
    assert ask(identifier)[0].is_nobody


def test_taking_back_ends_grants_and_deletes_what_allows_an_address(mira: Account) -> None:
    given.bound(email_address(NEW), mira)
    ask("mira", "waiting@example.org")
    given.granted(email_address(NEW), run=given.course_run())
    known, waiting = take_back("mira", "waiting@example.org")
    assert (told(known.before), told(known.after)) == (
        (True, True, False, False),
        (True, False, False, False),
    )
    assert (told(waiting.before), told(waiting.after)) == ((False, False, True, True), NOBODY)
    assert stored() == [("account", "audit", False)]


def test_taking_back_by_address_reaches_all_of_the_account(mira: Account) -> None:
    given.bound(email_address(NEW), mira)
    ask("mira")
    [judged] = take_back(NEW)
    assert told(judged.after) == (True, False, False, False)


def test_what_a_program_gives_is_not_taken_back(mira: Account) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", mira)
    changes = Change.objects.count()
    [judged] = take_back("mira")
    assert told(judged.after) == (True, True, False, False)
    assert Change.objects.count() == changes


def test_it_is_for_who_may_write_everywhere(mira: Account) -> None:
    for by in (given.holder_of("write"), given.acting(mira)):
        with pytest.raises(PermissionMissing):
            ask("mira", by=by)
        with pytest.raises(PermissionMissing):
            take_back("mira", by=by)


def everybody(count: int) -> list[str]:
    """Half of them have accounts."""
    names = [f"learner{number}" for number in range(0, count, 2)]
    create_accounts(
        accounts=[NewAccount(username=name, email=f"{name}@x.org") for name in names],
        at=given.NOW,
    )
    return [*names, *(f"waiting{number}@x.org" for number in range(1, count, 2))]


def test_the_number_of_statements_does_not_grow_with_people_and_runs() -> None:
    names = everybody(120)
    keys = [given.course_run(f"C{number}").key for number in range(4)]

    def count(people: int, runs: int) -> tuple[int, int]:
        counts = []
        who = {"identifiers": names[-people:], "course_runs": keys[:runs]}
        with CaptureQueriesContext(connection) as captured:
            invite(**who, auto_enroll=True, by=given.OPERATOR, at=LATER)
        counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            uninvite(**who, by=given.OPERATOR, at=LATER)
        return counts[0], len(captured)

    few = count(61, 1)
    assert count(120, 4) == few
    assert few[0] <= 22
    assert few[1] <= 15


@pytest.mark.parametrize("statistics", STATISTICS)
def test_no_table_is_read_once_a_person(statistics: str) -> None:
    names = everybody(2000)
    ask(*names)
    run = given.course_run()
    program = given.program(runs=[run])
    keys = [f"rv-{number}" for number in range(4000)]
    given.enrolled(*keys, program=program)
    given.on_course(*keys, program=program, run=run)
    know_statistics(statistics)
    with planning("SELECT r.position") as plans:
        ask(*names[:300], *names[-300:])
    assert len(plans) == 3
    pairs = {"Function Scan on r", "Function Scan on run"}  # each of them is answered
    for plan in plans:
        assert set(list_quadratic_nodes(plan)) <= pairs
