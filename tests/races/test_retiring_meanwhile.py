"""Retiring a person while others write, bind, and retire."""

from functools import partial

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.course_enrollments.api import CourseEnrollment
from matricula.lms.identities.api import (
    AccountRetired,
    BindingConflict,
    Identity,
    Outcome,
    account_itself,
    email_address,
    rebind_identity,
    unbind_identity,
)
from matricula.lms.ledger.api import Change
from matricula.lms.people.api import Erased
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.lms.kernel.seeing import look
from tests.lms.rosters.submitting import made_job, verdicts, worked_off
from tests.races.running import Running, at_once, holders_of, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)


def signed_on(key: str, account: Account) -> str:
    try:
        return given.bound(key, account).outcome
    except AccountRetired as refusal:
        return refusal.code


def test_a_sign_on_waits_for_the_retirement_of_its_account_and_is_refused() -> None:
    mira = given.account("mira")
    given.enrolled("rv-1", program=given.program())
    retiring = Running(partial(given.retired, mira), before_commit=True)
    signing_on = Running(partial(given.bound, "rv-1", mira))
    signing_on.must_wait()
    retiring.result()
    with pytest.raises(AccountRetired):
        signing_on.result()
    assert holders_of(["rv-1"]) == [None]
    require_whole()


def test_a_retirement_waits_for_the_sign_on_before_it_and_retires_that_name_too() -> None:
    mira = given.account("mira")
    signing_on = Running(partial(given.bound, "rv-1", mira), before_commit=True)
    retiring = Running(partial(given.retired, mira))
    retiring.must_wait()
    signing_on.result()
    assert retiring.result().erased.identities == 1
    assert Identity.objects.get().value.startswith("retired_")
    require_whole()


def test_retiring_and_signing_on_at_once_never_leave_a_name_with_a_retired_account() -> None:
    program = given.program()
    with no_deadlocks():
        for number in range(25):
            mira = given.account(f"mira{number}")
            key = f"rv-{number}"
            given.enrolled(key, program=program)
            at_once(partial(given.retired, mira), partial(signed_on, key, mira))
    require_whole()
    assert not Identity.objects.exclude(account=None).exists()
    assert ProgramEnrollment.objects.count() == 25


def test_staff_who_rebind_to_an_account_wait_for_its_retirement_and_are_refused() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.bound("rv-1", mira)
    retiring = Running(partial(given.retired, ben), before_commit=True)
    rebinding = Running(
        lambda: rebind_identity(
            name=given.key_of("rv-1"),
            account_id=ben.pk,
            by=given.OPERATOR,
            at=given.NOW,
            reason="asked for",
        )
    )
    rebinding.must_wait()
    retiring.result()
    with pytest.raises(AccountRetired):
        rebinding.result()
    assert holders_of(["rv-1"]) == [mira.pk]


def test_whoever_claims_a_name_that_is_being_retired_gets_it_new_and_empty() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.enrolled("rv-1", program=given.program())
    given.bound("rv-1", mira)
    retiring = Running(partial(given.retired, mira), before_commit=True)
    claiming = Running(partial(given.bound, "rv-1", ben))
    claiming.must_wait()
    retiring.result()
    assert claiming.result().outcome is Outcome.BOUND
    assert holders_of(["rv-1"]) == [ben.pk]
    assert not ProgramEnrollment.objects.filter(identity__account=ben).exists()
    assert ProgramEnrollment.objects.count() == 1
    assert not BindingConflict.objects.exists()
    require_whole()


def test_a_retirement_closes_the_conflict_that_was_opened_while_it_waited() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.bound("rv-1", mira)
    claiming = Running(partial(given.bound, "rv-1", ben), before_commit=True)
    retiring = Running(partial(given.retired, mira))
    retiring.must_wait()
    assert claiming.result().outcome is Outcome.REFUSED
    assert retiring.result().erased.conflicts == 1
    assert not BindingConflict.objects.filter(resolved_at=None).exists()
    require_whole()


def test_rosters_and_a_retirement_of_somebody_with_many_keys_never_lock_up() -> None:
    run = given.course_run()
    programs = [given.program(key, runs=[run]) for key in ("hydrology", "geology")]
    keys = [f"rv-{number}" for number in range(12)]
    with no_deadlocks():
        for number in range(25):
            mira = given.account(f"mira{number}")
            for key in keys:
                given.bound(key, mira)
            at_once(
                partial(given.enrolled, *keys, program=programs[0]),
                partial(given.enrolled, *keys[::-1], program=programs[1]),
                partial(given.retired, mira),
            )
    require_whole()
    assert Identity.objects.filter(account=None, retired_at__isnull=False).count() == 25 * 12


def test_a_roster_that_names_two_keys_of_a_person_backwards_lets_them_retire() -> None:
    program, mira = given.program(), given.account("mira")
    given.enrolled("rv-0", program=given.program("geology"))
    for key in ("rv-1", "rv-2"):
        given.bound(key, mira)
    retiring = Running(partial(given.retired, mira), before="UPDATE identity SET")
    with no_deadlocks():
        writing = Running(partial(given.enrolled, "rv-2", "rv-1", program=program))
        retiring.go()
        assert {answer.verdict for answer in writing.result()} == {"enrolled"}
        assert retiring.result().erased.identities == 2
    require_whole()


def test_course_rosters_with_staff_and_a_retirement_never_lock_up() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    keys = [f"rv-{number}" for number in range(12)]
    with no_deadlocks():
        for number in range(25):
            mira = given.account(f"mira{number}")
            for key in keys:
                given.bound(key, mira)
            given.enrolled(*keys, program=program)
            given.on_course(*keys[:6], program=program, run=run)
            at_once(
                partial(
                    given.on_course, *keys[::-1], program=program, run=run, course_staff="true"
                ),
                partial(given.retired, mira),
            )
    require_whole()


def test_direct_grants_and_a_retirement_never_lock_up_nor_outlive_the_account() -> None:
    run = given.course_run()
    with no_deadlocks():
        for number in range(25):
            mira = given.account(f"mira{number}")
            names = [
                given.key_of(f"rv-{number}"),
                email_address(f"old{number}@example.org"),
                email_address(mira.email),
            ]
            for name in names:
                given.bound(name, mira)
            at_once(
                partial(given.direct, *names, account_itself(mira.uuid), run=run),
                partial(given.retired, mira),
            )
            require_whole()


def test_a_grant_to_an_account_itself_waits_for_its_retirement_and_finds_nobody() -> None:
    run, mira = given.course_run(), given.account("mira")
    retiring = Running(partial(given.retired, mira), before_commit=True)
    granting = Running(partial(given.direct, account_itself(mira.uuid), run=run))
    granting.must_wait()
    retiring.result()
    assert [answer.verdict for answer in granting.result()] == ["not-found"]
    assert not CourseEnrollment.objects.exists()
    require_whole()


def test_a_retirement_waits_for_the_grant_that_makes_the_accounts_own_identity() -> None:
    run, mira = given.course_run(), given.account("mira")
    granting = Running(
        partial(given.direct, account_itself(mira.uuid), run=run), before_commit=True
    )
    retiring = Running(partial(given.retired, mira))
    retiring.must_wait()
    granting.result()
    assert retiring.result().erased.identities == 1
    require_whole()


def test_two_retirements_of_one_account_at_once_retire_it_once() -> None:
    with no_deadlocks():
        for number in range(20):
            mira = given.account(f"mira{number}")
            given.bound(f"rv-{number}", mira)
            answers = at_once(partial(given.retired, mira), partial(given.retired, mira))
            assert sorted((each.erased for each in answers), key=str) == [
                Erased(),
                Erased(accounts=1, identities=1),
            ]
    require_whole()


def test_two_people_who_claim_each_others_names_retire_at_once() -> None:
    with no_deadlocks():
        for number in range(30):
            mira, ben = given.account(f"mira{number}"), given.account(f"ben{number}")
            keys = [f"rv-{number}-{each}" for each in range(4)]
            for place, key in enumerate(keys):
                holder, claimant = (mira, ben) if place % 2 else (ben, mira)
                given.bound(key, holder)
                given.bound(key, claimant)
            at_once(partial(given.retired, mira), partial(given.retired, ben))
            assert not BindingConflict.objects.filter(resolved_at=None).exists()
    require_whole()


def test_two_who_share_a_waiting_address_retire_at_once() -> None:
    run = given.course_run()
    with no_deadlocks():
        for number in range(20):
            address = f"family{number}@example.org"
            pair = [given.account(f"{name}{number}", email=address) for name in ("mira", "ben")]
            given.direct(email_address(address), run=run)
            answers = at_once(*(partial(given.retired, each) for each in pair))
            assert sorted(answer.erased.identities for answer in answers) == [0, 1]
    require_whole()


def test_a_roster_makes_anew_whoever_retires_between_its_statements() -> None:
    program, mira = given.program(), given.account("mira")
    given.bound("rv-1", mira)
    writing = Running(
        partial(given.enrolled, "rv-1", "rv-2", program=program), before="WITH judged"
    )
    given.retired(mira)
    assert [answer.action for answer in writing.result()] == ["create", "create"]
    assert holders_of(["rv-1", "rv-2"]) == [None, None]
    assert ProgramEnrollment.objects.filter(identity__retired_at=None).count() == 2
    require_whole()


def test_a_direct_grant_makes_anew_whoever_retires_between_its_statements() -> None:
    run, mira = given.course_run(), given.account("mira")
    names = [email_address("old@example.org"), given.key_of("rv-1")]
    given.bound(names[0], mira)
    granting = Running(partial(given.direct, *names, run=run), before="WITH judged")
    given.retired(mira)
    assert [answer.action for answer in granting.result()] == ["create", "create"]
    assert CourseEnrollment.objects.filter(identity__retired_at=None).count() == 2
    require_whole()


def test_a_retirement_that_takes_a_waiting_address_along_closes_what_others_dispute_about_it() -> (
    None
):
    address = email_address("family@example.org")
    mira, ben = given.account("mira"), given.account("ben")
    ida = given.account("ida", email=address.value)
    given.bound(address, mira)
    given.bound(address, ben)
    unbind_identity(name=address, by=given.OPERATOR, at=given.NOW, reason="asked for")
    assert given.retired(ida).erased == Erased(accounts=1, identities=1, conflicts=1)
    require_whole()


def test_a_retirement_waits_for_the_chunk_that_a_worker_has_at_hand() -> None:
    program, mira = given.program(), given.account("mira")
    given.bound("rv-1", mira)
    by = given.holder_of("write")
    job = made_job("student_key,status\nrv-1,enrolled\n", program=program, by=by)
    working = Running(partial(worked_off, job), before_commit=True)
    retiring = Running(partial(given.retired, mira))
    retiring.must_wait()
    assert working.result().state == "succeeded"
    assert retiring.result().erased.roster_rows == 1
    assert ProgramEnrollment.objects.get().identity.retired_at is not None
    require_whole()


def test_a_worker_waits_for_the_retirement_and_refuses_the_row() -> None:
    program, mira = given.program(), given.account("mira")
    given.bound("rv-1", mira)
    by = given.holder_of("write")
    job = made_job("student_key,status\nrv-1,enrolled\nrv-2,ended\n", program=program, by=by)
    retiring = Running(partial(given.retired, mira), before_commit=True)
    working = Running(partial(worked_off, job))
    working.must_wait()
    retiring.result()
    working.result()
    assert verdicts(job) == ["not-found", "ended"]
    assert not Identity.objects.filter(folded="rv-1").exists()
    require_whole()


def test_workers_and_retirements_at_once_never_lock_up() -> None:
    program = given.program()
    by = given.holder_of("write")
    with no_deadlocks():
        for number in range(15):
            mira = given.account(f"mira{number}")
            given.bound(f"rv-{number}", mira)
            text = f"student_key,status\nrv-{number},enrolled\nrv-x{number},enrolled\n"
            jobs = [made_job(text, program=program, by=by) for _ in range(2)]
            at_once(
                partial(given.retired, mira),
                *(partial(worked_off, job) for job in jobs),
            )
            require_whole()
            assert not Identity.objects.filter(folded=f"rv-{number}").exists()


TOUCHED = """
SELECT count(*) > 0 FROM pg_locks
WHERE pid = %s AND relation = 'identity'::regclass AND mode = 'RowExclusiveLock'
"""


def test_who_is_retired_between_being_named_and_written_is_written_anew_and_alone() -> None:
    """The others are committed by then: what somebody makes of them meanwhile is not undone."""
    program, mira = given.program(), given.account("mira")
    given.enrolled("rv-1", program=program)
    given.bound("rv-1", mira)
    writing = Running(
        partial(given.enrolled, "rv-1", "rv-2", program=program, status="ended"),
        after="INSERT INTO identity",
    )
    while not look(TOUCHED, writing.pid)[0][0]:
        pass  # it is sent, and carried out soon
    given.retired(mira)
    assert [str(each.verdict) for each in writing.result()] == ["ended", "ended"]
    made = {change.row_id: change for change in Change.objects.filter(after__status="ended")}
    assert len(made) == Change.objects.filter(after__status="ended").count() == 2
    assert len({change.change_set_id for change in made.values()}) == 2
    assert ProgramEnrollment.objects.count() == 3
    assert Identity.objects.filter(account=None, value="rv-1").count() == 1
    require_whole()
