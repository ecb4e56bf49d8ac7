"""Retiring: no trace of the person's names is left, wherever the database keeps anything."""

from datetime import timedelta

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import (
    Identity,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.people.api import (
    Erased,
    Retirement,
    retire_account,
)
from matricula.lms.rosters.api import JobState, RosterJob
from tests import given
from tests.calling import calling_as
from tests.lms.kernel.seeing import run
from tests.lms.people.leaving_traces import NAMES
from tests.lms.people.walking import list_places_of
from tests.lms.rest.enrollment_v2.asking import V2
from tests.lms.rosters.submitting import judgements, made_job, verdicts, worked_off

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)
TRACES = {
    "account.username",
    "account.email",
    "account.name",
    "account_emailaddress.email",
    "binding_conflict.resolution",
    "change.after",
    "change_set.reason",
    "django_admin_log.change_message",
    "django_admin_log.object_repr",
    "django_session.session_data",
    "identity.value",
    "identity.folded",
    "kept_answer.body",
    "kept_answer.headers",
    "kept_answer.key",
    "masquerade.reason",
    "outgoing_mail.body",
    "outgoing_mail.recipient",
    "procrastinate_jobs.args",
    "roster_job.name",
    "roster_job.reason",
    "roster_job_chunk.rows",
    "socialaccount_socialaccount.extra_data",
    "socialaccount_socialaccount.uid",
}

STEPS = [
    "empty_account",
    "end_sessions",
    "erase_addresses",
    "erase_from_admin_log",
    "erase_from_answers",
    "erase_from_ledger",
    "erase_from_masquerades",
    "erase_from_queue",
    "erase_from_resolutions",
    "erase_from_rosters",
    "erase_sign_ons",
    "forget_mail_to",
]


def retire(account: Account) -> Retirement:
    return retire_account(account=account, by=given.OPERATOR, at=LATER, reason="asked to")


def test_no_column_of_any_table_has_a_name_afterwards(quist: Account, traces: None) -> None:
    assert {place.split(":")[0] for place in list_places_of(*NAMES)} >= TRACES
    erased = retire(quist).erased
    assert list_places_of(*NAMES) == []
    kinds = {kind for kind in Erased.__struct_fields__ if getattr(erased, kind)}
    assert kinds == set(Erased.__struct_fields__) - {"clients"}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_needed_for_that(
    step: str, quist: Account, traces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"matricula.lms.people.retiring.{step}", lambda **_: 0)
    retire(quist)
    assert list_places_of(*NAMES)


def test_its_reason_goes_as_well(quist: Account) -> None:
    retire_account(
        account=quist, by=given.OPERATOR, at=LATER, reason="Zoë.Quist, zq@example.org, wrote"
    )
    assert list_places_of(*NAMES) == []


def test_its_reason_goes_even_if_the_name_could_be_a_word_and_nothing_else_is_there() -> None:
    will = given.account("Will", email="will@example.org")
    retire_account(account=will, by=given.OPERATOR, at=LATER, reason="Will wants it")
    assert ChangeSet.objects.get().reason == "[erased] wants it"


def test_the_walk_over_all_columns_finds_a_word_anywhere() -> None:
    run("INSERT INTO course (key, title) VALUES ('planted', 'A Quirk of the Walk')")
    assert list_places_of("quirk") == ["course.title: quirk"]


def test_a_row_that_was_answered_keeps_its_answer(quist: Account, traces: None) -> None:
    job = RosterJob.objects.order_by("pk")[0]
    before = judgements(job)
    retire(quist)
    assert judgements(job) == before
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_a_row_that_waits_for_its_answer_is_refused_and_enrolls_nobody_anew(
    quist: Account, traces: None
) -> None:
    retire(quist)
    job = worked_off(RosterJob.objects.order_by("pk")[1])
    assert job.state == JobState.SUCCEEDED
    assert verdicts(job) == ["not-found", "enrolled"]
    assert list_places_of(*NAMES) == []


def test_a_student_of_another_school_with_the_same_key_stays(quist: Account) -> None:
    lake = given.program("limnology", school_key="LakeU")
    job = made_job(
        "student_key,status\nRV-Quist-77,enrolled\n",
        program=lake,
        by=given.holder_of("write", school_key="LakeU"),
    )
    retire(quist)
    assert verdicts(worked_off(job)) == ["enrolled"]
    assert Identity.objects.get(folded="rv-quist-77").organization == given.school("LakeU")


def test_the_same_answer_is_given_again_without_the_name(quist: Account, traces: None) -> None:
    retire(quist)
    sent = calling_as(Account.objects.get(username="registrar")).post(
        V2 + "programs/hydrology/roster",
        b"student_key,status\nrv-quist-77,enrolled\n",
        content_type="text/csv",
        HTTP_IDEMPOTENCY_KEY="at once",
    )
    assert sent["Idempotency-Replayed"] == "true"
    [row] = sent.json()["rows"]
    assert (row["student_key"], row["verdict"]) == ("[erased]", "enrolled")
