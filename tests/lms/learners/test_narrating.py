"""Somebody's history: what was done, on whose side, and nothing of anybody else."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from matricula.lms.identities.api import email_address, rebind_identity, unbind_identity
from matricula.lms.kernel.api import Actor, WriteMode
from matricula.lms.learners.api import Author, Episode, get_learner, list_history
from matricula.lms.program_enrollments.api import ProgramRow, write_program_enrollments
from tests import given

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def history_of(
    account: Account, *, program: UUID | None = None, before: int | None = None
) -> list[Episode]:
    by = given.acting(account)
    learner = get_learner(username=account.username, by=by)
    return list_history(learner=learner, by=by, program=program, before=before, limit=50)


def test_what_waited_is_told_once_it_is_theirs() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=program, status="pending")
    given.enrolled("rv-1", program=program, at=given.NOW + DAY)
    given.on_course("rv-1", program=program, run=run, at=given.NOW + DAY)
    mira = given.account("mira")
    assert history_of(mira) == []
    given.bound("rv-1", mira)
    name, course, confirmed, admitted = history_of(mira)
    assert (name.subject, name.value, name.via) == ("identity", "rv-1", "sign_on")
    assert name.author is Author.SIGN_ON
    assert (course.subject, course.program, course.course_run) == (
        "course_enrollment",
        "Hydrology",
        run.key,
    )
    assert (course.is_active, course.mode) == ((None, True), (None, "masters"))
    assert (confirmed.action, confirmed.status) == ("changed", ("pending", "enrolled"))
    assert (admitted.action, admitted.status) == ("created", (None, "pending"))
    assert (admitted.school, admitted.at) == ("RiverU University", given.NOW)


def test_it_says_on_whose_side_it_was_done() -> None:
    program = given.program()
    mira = given.account("mira")
    given.bound("rv-1", mira)
    other_school = given.holder_of("write", school_key="LakeU", username="lake")
    authors = [
        (given.holder_of("write"), Author.SCHOOL),
        (given.holder_of("support", school_key=None, username="agent"), Author.SUPPORT),
        (other_school, Author.PLATFORM),
        (given.OPERATOR, Author.PLATFORM),
        (given.acting(mira), Author.YOU),
    ]
    statuses = ("enrolled", "pending", "suspended", "ended", "canceled")
    for (by, _author), status in zip(authors, statuses, strict=True):
        write_as(by, status)
    told = [each.author for each in history_of(mira, program=program.uuid)]
    assert told == [author for _by, author in reversed(authors)]


def write_as(by: Actor, status: str) -> None:
    """Write as the operator may, and let the ledger say that it was somebody else."""
    write_program_enrollments(
        program=get_program(key="hydrology"),
        rows=[ProgramRow(2, "rv-1", status)],
        mode=WriteMode.UPSERT,
        by=given.OPERATOR,
        at=given.NOW,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('matricula.erasing', 'on', true)")
        cursor.execute(
            "UPDATE change_set SET actor = %s WHERE id = (SELECT max(id) FROM change_set)",
            [by.name],
        )


def test_a_name_that_went_to_somebody_else_is_told_as_gone_and_no_further() -> None:
    program = given.program()
    mira, vera = given.account("mira"), given.account("vera")
    given.bound("rv-1", mira)
    rebind_identity(
        name=given.key_of("rv-1"),
        account_id=vera.pk,
        by=given.OPERATOR,
        at=given.NOW,
        reason="it is Vera's",
    )
    given.enrolled("rv-1", program=program)
    assert [(each.kind, each.via) for each in history_of(mira)] == [
        ("student_key", None),
        ("student_key", "sign_on"),
    ]
    subjects = [each.subject for each in history_of(vera)]
    assert subjects == ["program_enrollment", "identity"]


def test_what_was_deleted_is_told_and_an_address_as_well() -> None:
    mira = given.account("mira")
    name = email_address("mira@example.org")
    given.bound(name, mira)
    unbind_identity(name=name, by=given.OPERATOR, at=given.NOW, reason="a mistake")
    gone, came = history_of(mira)
    assert (gone.value, gone.via, came.via) == ("mira@example.org", None, "verified_email")
    assert came.author is Author.MAIL


def test_it_is_read_by_pages() -> None:
    program = given.program()
    mira = given.account("mira")
    given.bound("rv-1", mira)
    for status in ("enrolled", "pending", "enrolled"):
        given.enrolled("rv-1", program=program, status=status)
    all_of_it = history_of(mira)
    by = given.acting(mira)
    learner = get_learner(username="mira", by=by)
    pages = [list_history(learner=learner, by=by, limit=2)]
    while pages[-1]:
        pages.append(list_history(learner=learner, by=by, limit=2, before=pages[-1][-1].id))
    assert [each for page in pages for each in page] == all_of_it
    assert len(all_of_it) == 4


def test_it_is_for_oneself_and_who_reads_everywhere() -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    for school_key, is_let in (("RiverU", False), (None, True)):
        by = given.holder_of("read", school_key=school_key, username=f"reads-{school_key}")
        learner = get_learner(username="mira", by=by)
        if is_let:
            assert list_history(learner=learner, by=by)
        else:
            with pytest.raises(PermissionMissing):
                list_history(learner=learner, by=by)
