"""Following the ledger: each change once, in the order of commits."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.changes.api import START, Change, Cursor, list_changes
from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import recorded
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from tests import given
from tests.lms.kernel.seeing import (
    count_statements,
    list_nodes,
    look,
    planning,
    run,
    wait_for_others,
)

# Changes are shown once they are committed, so each test commits.
pytestmark = pytest.mark.django_db(transaction=True)

SUBJECTS = ("program_enrollment", "course_enrollment", "course_role")


def follow(*, by: Actor = given.OPERATOR, limit: int = 2, **filters: Any) -> list[Change]:  # noqa: ANN401  any filter
    """Everything, by small pages."""
    wait_for_others()
    found: list[Change] = []
    cursor, is_end = START, False
    while not is_end:
        page = list_changes(after=cursor, limit=limit, by=by, **filters)
        assert len(page.changes) <= limit
        found += page.changes
        cursor, is_end = page.next_cursor, page.is_end
    assert list_changes(after=cursor, limit=limit, by=by, **filters).changes == ()
    return found


def told(changes: Sequence[Change]) -> list[tuple[str, str]]:
    return [(change.subject, change.action) for change in changes]


@pytest.fixture
def program() -> ProgramOutline:
    made = given.program(runs=[given.course_run()])
    given.enrolled("rv-1", program=made)
    return made


def test_what_happened_is_told_in_outsiders_words(program: ProgramOutline) -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.on_course("rv-1", program=program, run=given.course_run(), course_staff="yes")
    given.enrolled("rv-1", program=program, status="ended")
    changes = follow()
    assert told(changes) == [
        ("identity", "created"),
        ("program_enrollment", "created"),
        ("identity", "changed"),
        ("course_role", "created"),
        ("course_enrollment", "created"),
        ("program_enrollment", "changed"),
    ]
    [mentioned, _, claimed, role, granted, ended] = changes
    curriculum = str(next(iter(program.curricula)))
    words = {"kind": "student_key", "value": "rv-1", "student_key": "rv-1"}
    words["organization"] = "RiverU"
    placed = {**words, "program": "hydrology", "curriculum_uuid": curriculum, "username": "mira"}
    assert mentioned.before is None
    assert mentioned.after is not None
    assert words.items() <= mentioned.after.items()
    assert claimed.before is not None
    assert claimed.after is not None
    assert (claimed.before["username"], claimed.after["username"]) == (None, "mira")
    for change in (granted, role):
        assert change.after is not None
        assert {**placed, "course_run": given.course_run().key}.items() <= change.after.items()
    assert ended.before is not None
    assert ended.after is not None
    assert {**placed, "status": "enrolled"}.items() <= ended.before.items()
    assert {**placed, "status": "ended"}.items() <= ended.after.items()
    assert (ended.at, ended.actor, ended.channel) == (given.NOW, "operator:tester", "test")


def test_why_and_under_which_request_is_told() -> None:
    by = Actor(kind=given.OPERATOR.kind, key="x", channel="rest", request_id="r-1")
    with recorded(by=by, at=given.NOW, reason="as asked"):
        run(
            "INSERT INTO identity (kind, organization_id, value, folded)"
            " VALUES ('student_key', %s, 'a', 'a')",
            given.school().pk,
        )
    [change] = follow()
    assert (change.reason, change.request_id, change.channel) == ("as asked", "r-1", "rest")
    assert [(change.change_set,)] == look("SELECT uuid::text FROM change_set")


def test_what_was_deleted_is_still_told_with_its_program(program: ProgramOutline) -> None:
    given.on_course("rv-1", program=program, run=given.course_run(), course_staff="yes")
    withdraw_waiting(
        which=Waiting(program_id=program.id), by=given.OPERATOR, at=given.NOW, reason="left"
    )
    gone = follow(subjects=SUBJECTS, program_id=program.id)[-3:]
    assert {subject for subject, _ in told(gone)} == set(SUBJECTS)
    for change in gone:
        assert (change.action, change.after) == ("deleted", None)
        assert change.before is not None
        assert change.before["program"] == "hydrology"


def test_it_is_filtered_by_subject_program_and_organization(program: ProgramOutline) -> None:
    lakes = given.program("lakes", school_key="LakeU")
    given.enrolled("lk-1", program=lakes)
    botany = given.program("botany")
    given.enrolled("rv-2", program=botany)
    given.direct(email_address("a@example.org"), run=given.course_run())
    assert len(follow()) == 8
    assert told(follow(subjects=["program_enrollment"])) == [("program_enrollment", "created")] * 3
    values = {change.after["value"] for change in follow(program_id=program.id) if change.after}
    assert values == {"rv-1"}
    assert len(follow(program_id=program.id)) == 2
    assert len(follow(organization_id=given.school("LakeU").pk)) == 2
    assert len(follow(organization_id=given.school().pk, subjects=["identity"])) == 2


@pytest.mark.usefixtures("program")
def test_who_reads_for_a_school_follows_that_school_alone() -> None:
    lakes = given.program("lakes", school_key="LakeU")
    given.enrolled("lk-1", program=lakes)
    given.direct(email_address("a@example.org"), run=given.course_run())
    by = given.holder_of("read", school_key="LakeU")
    seen = [change.after["value"] for change in follow(by=by) if change.after]
    assert seen == ["lk-1", "lk-1"]
    everywhere = given.holder_of("read", school_key=None, username="all")
    assert follow(by=everywhere) == follow()
    assert follow(by=given.acting(given.account("nobody"))) == []


def test_another_schools_program_or_organization_is_refused(program: ProgramOutline) -> None:
    by = given.holder_of("read", school_key="LakeU")
    for asked in ({"program_id": program.id}, {"organization_id": given.school().pk}):
        with pytest.raises(PermissionMissing):
            follow(by=by, **asked)


def test_nothing_of_a_transaction_is_told_before_it_ends(program: ProgramOutline) -> None:
    told_before = follow()
    with transaction.atomic():
        given.enrolled("rv-2", program=program)
        assert follow() == told_before
    assert len(follow()) == len(told_before) + 2


def test_acts_within_one_transaction_come_in_the_order_of_writing(
    program: ProgramOutline,
) -> None:
    with recorded(by=given.OPERATOR, at=given.NOW):
        for number, status in enumerate(("ended", "pending", "enrolled")):
            given.enrolled("rv-1", f"rv-2{number}", program=program, status=status)
    statuses = [
        change.after["status"]
        for change in follow(subjects=["program_enrollment"])
        if change.after and change.after["value"] == "rv-1"
    ]
    assert statuses == ["enrolled", "ended", "pending", "enrolled"]


def test_a_page_that_finds_little_is_short_and_goes_on(
    program: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matricula.lms.changes.following.LOOKED_AT", 3)
    given.enrolled(*(f"rv-{n}" for n in range(20)), program=given.program("botany"))
    given.enrolled("rv-1", program=program, status="ended")
    wait_for_others()
    page = list_changes(limit=1, by=given.OPERATOR, program_id=program.id)
    assert (len(page.changes), page.is_end) == (1, False)
    found = follow(limit=1, program_id=program.id, subjects=["program_enrollment"])
    assert told(found) == [("program_enrollment", "created"), ("program_enrollment", "changed")]


@pytest.mark.parametrize("filtered", [True, False])
def test_the_number_of_statements_does_not_depend_on_the_changes(
    program: ProgramOutline, *, filtered: bool
) -> None:
    which = program.id if filtered else None
    given.enrolled(*(f"rv-{n}" for n in range(200)), program=program)
    for limit in (1, 200):
        page = partial(list_changes, limit=limit, by=given.OPERATOR, program_id=which)
        assert count_statements(page) == 3


def test_a_page_far_in_reads_one_range_of_one_index(program: ProgramOutline) -> None:
    for number in range(20):
        given.enrolled(*(f"rv-{number}-{n}" for n in range(200)), program=program)
    run("ANALYZE change")
    [(transaction_id, id_)] = look(
        "SELECT transaction_id, id FROM change ORDER BY id OFFSET 4000 LIMIT 1"
    )
    wait_for_others()
    with planning("SELECT transaction_id, id, count", "SELECT c.transaction_id, c.id") as plans:
        list_changes(after=Cursor(transaction_id, id_), limit=10, by=given.OPERATOR)
    assert len(plans) == 3
    for plan in plans:
        read = [node for node in list_nodes(plan) if node.get("Relation Name") == "change"]
        indexes = {node.get("Index Name") for node in read}
        assert indexes <= {"change_in_commit_order", "change_pkey", "change_of_row"}
        assert indexes - {"change_of_row"}
