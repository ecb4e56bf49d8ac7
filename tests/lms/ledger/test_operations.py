"""Every operation that writes ledgered rows leaves exactly their changes, under its own name."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction

from matricula.lms.identities.api import (
    Outcome,
    Via,
    account_itself,
    bind_identity,
    email_address,
    list_conflicts,
    rebind_identity,
    resolve_conflict,
    unbind_identity,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import Action, WriteMode
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.people.api import retire_account
from matricula.lms.preemptive_enrollments.api import Waiting, expire_waiting, withdraw_waiting
from matricula.lms.program_enrollments.api import ProgramRow, write_program_enrollments
from tests import given

pytestmark = pytest.mark.django_db

Counts = dict[tuple[str, str], int]
LATER = given.NOW + timedelta(days=100)


@contextmanager
def leaving() -> Iterator[Counts]:
    """Count the changes that are left, by table and sort; nothing else may be broken either."""
    last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    counts: Counts = {}
    yield counts
    for change in Change.objects.filter(pk__gt=last):
        sort = (
            "insert" if change.before is None else "delete" if change.after is None else "update"
        )
        counts[change.subject, sort] = counts.get((change.subject, sort), 0) + 1
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_a_program_roster_leaves_names_and_enrollments() -> None:
    program = given.program()
    with leaving() as counts:
        given.enrolled("rv-1", "rv-2", program=program)
    assert counts == {("identity", "insert"): 2, ("program_enrollment", "insert"): 2}
    with leaving() as counts:
        given.enrolled("rv-1", "rv-2", "rv-3", program=program, status="ended")
    assert counts == {
        ("identity", "insert"): 1,
        ("program_enrollment", "insert"): 1,
        ("program_enrollment", "update"): 2,
    }


def test_a_course_roster_leaves_grants_and_roles() -> None:
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    given.enrolled("rv-1", "rv-2", program=program)
    with leaving() as counts:
        given.on_course("rv-1", "rv-2", program=program, run=hyd, course_staff="true")
    assert counts == {("course_enrollment", "insert"): 2, ("course_role", "insert"): 2}
    with leaving() as counts:
        given.on_course("rv-1", program=program, run=hyd, status="inactive", course_staff="no")
    assert counts == {("course_enrollment", "update"): 1, ("course_role", "delete"): 1}


def test_a_direct_grant_leaves_itself_and_its_name() -> None:
    hyd, name = given.course_run(), email_address("a@example.org")
    with leaving() as counts:
        given.granted(name, run=hyd)
        given.granted(account_itself(given.account().uuid), run=hyd)
    assert counts == {("identity", "insert"): 2, ("course_enrollment", "insert"): 2}
    with leaving() as counts:
        given.granted(name, run=hyd, grant_mode="verified")
    assert counts == {("course_enrollment", "update"): 1}


def test_binding_leaves_the_identity_alone() -> None:
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=hyd)
    mira = given.account()
    with leaving() as counts:
        given.bound("rv-1", mira)
        given.bound("rv-2", mira)
    assert counts == {("identity", "update"): 1, ("identity", "insert"): 1}


def test_linking_by_staff_leaves_the_identity() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    name, by, at = given.key_of("rv-1"), given.OPERATOR, given.NOW
    with leaving() as counts:
        rebind_identity(name=name, account_id=noah.pk, by=by, at=at, reason="mixed up")
        unbind_identity(name=name, by=by, at=at, reason="mixed up")
        bind_identity(name=name, account_id=mira.pk, via=Via.STAFF, by=by, at=at, reason="hers")
    assert counts == {("identity", "update"): 3}
    assert given.bound("rv-1", noah).outcome is Outcome.REFUSED
    with leaving() as counts:
        [conflict] = list_conflicts(by=by)
        resolve_conflict(conflict_id=conflict.id, rebind=True, by=by, at=at, reason="his")
    assert counts == {("identity", "update"): 1}


def test_retiring_leaves_the_identities() -> None:
    mira = given.account()
    given.bound("rv-1", mira)
    given.bound(email_address(mira.email), mira)
    with leaving() as counts:
        retire_account(account=mira, by=given.OPERATOR, at=given.NOW, reason="asked")
    assert counts == {("identity", "update"): 2}


@pytest.mark.parametrize("way", ["withdraw", "expire"])
def test_taking_back_leaves_every_row_that_went(way: str) -> None:
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=hyd, course_staff="true")
    which, by = Waiting(program_id=program.id), given.OPERATOR
    with leaving() as counts:
        if way == "withdraw":
            withdraw_waiting(which=which, by=by, at=LATER, reason="gone")
        else:
            expire_waiting(which=which, days=60, by=by, at=LATER)
    assert counts == {
        ("program_enrollment", "delete"): 2,
        ("course_enrollment", "delete"): 2,
        ("course_role", "delete"): 2,
    }


def list_writes() -> dict[str, Callable[[], object]]:
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    mira = given.account()
    given.enrolled("rv-1", program=program)
    return {
        "enroll": lambda: given.enrolled("rv-2", program=program),
        "course": lambda: given.on_course("rv-1", program=program, run=hyd),
        "direct": lambda: given.granted(email_address("a@x.org"), run=hyd),
        "bind": lambda: given.bound("rv-1", mira),
        "withdraw": lambda: withdraw_waiting(
            which=Waiting(program_id=program.id), by=given.OPERATOR, at=LATER, reason="gone"
        ),
    }


def test_each_act_has_a_change_set_of_its_own() -> None:
    for name, write in list_writes().items():
        before = set(ChangeSet.objects.values_list("pk", flat=True))
        last = Change.objects.order_by("-pk")[0].pk
        write()
        [made] = set(ChangeSet.objects.values_list("pk", flat=True)) - before
        assert {c.change_set_id for c in Change.objects.filter(pk__gt=last)} == {made}, name


def test_several_acts_in_one_transaction_stay_apart() -> None:
    writes = list_writes()
    before = Counter(ChangeSet.objects.values_list("actor", flat=True))
    with transaction.atomic():
        for write in writes.values():
            write()
    made = Counter(ChangeSet.objects.values_list("actor", flat=True)) - before
    assert made == {"operator:tester": 4, f"sign-on:{given.school().pk}": 1}
    [binding] = Change.objects.filter(subject="identity", after__bound_via="sign_on")
    assert binding.change_set.actor == f"sign-on:{given.school().pk}"


def test_writing_the_same_again_leaves_nothing() -> None:
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    mira = given.account()

    def write() -> None:
        given.enrolled("rv-1", "rv-2", program=program)
        given.on_course("rv-1", program=program, run=hyd, course_staff="true")
        given.granted(email_address("a@x.org"), run=hyd)
        given.bound("rv-1", mira)

    write()
    with leaving() as counts:
        write()
    assert counts == {}


def test_a_thousand_rows_leave_a_thousand_changes() -> None:
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    keys = [f"rv-{n}" for n in range(1000)]
    with leaving() as counts:
        given.enrolled(*keys, program=program)
        given.on_course(*keys, program=program, run=hyd)
    assert set(counts.values()) == {1000}
    with leaving() as counts:
        given.enrolled(*keys, program=program, status="ended")
        given.on_course(*keys, program=program, run=hyd, status="inactive")
    assert counts == {
        ("program_enrollment", "update"): 1000,
        ("course_enrollment", "update"): 1000,
    }


def test_an_atomic_write_that_is_refused_leaves_nothing() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    sets = ChangeSet.objects.count()
    with leaving() as counts:
        judged = write_program_enrollments(
            program=program,
            rows=[ProgramRow(2, "rv-1", "ended"), ProgramRow(3, "rv-9", "ended")],
            mode=WriteMode.UPDATE,
            by=given.OPERATOR,
            at=given.NOW,
            atomic=True,
        )
    assert [judgement.action for judgement in judged] == [Action.UPDATE, Action.REFUSE]
    assert counts == {}
    assert ChangeSet.objects.count() == sets
