"""What workers do for addresses."""

import pytest
from allauth.account.models import EmailAddress
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from matricula.lms.accounts.api import Account
from matricula.lms.addresses import tasks, verifying
from matricula.lms.addresses.api import AddressProof, verify_address
from matricula.lms.addresses.mailing import HAND_OVER
from matricula.lms.identities.api import Identity
from tests import given

pytestmark = pytest.mark.django_db


def break_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(verifying, "bind_identity", fail)


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> AddressProof:
    """A proof whose binding went wrong."""
    mira = given.account("mira")
    address = EmailAddress.objects.create(user=mira, email=mira.email, primary=True)
    with monkeypatch.context() as broken:
        break_binding(broken)
        verify_address(address_id=address.pk, account_id=mira.pk, by=given.MAIL, at=given.NOW)
    return AddressProof.objects.get()


def test_what_went_wrong_is_queued_and_done_by_a_worker(proof: AddressProof) -> None:
    job = ProcrastinateJob.objects.get(task_name=verifying.TRY_AGAIN)
    app.tasks[job.task_name](**job.args)
    assert Identity.objects.get(kind="email").account_id == Account.objects.get().pk
    proof.refresh_from_db()
    assert proof.answer == "bound"


def test_what_goes_wrong_again_is_tried_again(
    proof: AddressProof, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_binding(monkeypatch)
    with pytest.raises(tasks.StillUnanswered):
        tasks.try_proof_again(proof_id=proof.pk)
    assert app.tasks[verifying.TRY_AGAIN].retry_strategy is tasks.PATIENT
    assert app.tasks[HAND_OVER].retry_strategy is tasks.PATIENT


def test_the_sweep_takes_up_whatever_is_left(proof: AddressProof) -> None:
    tasks.sweep(timestamp=0)
    proof.refresh_from_db()
    assert proof.answer == "bound"


def test_a_proof_whose_address_is_gone_is_nobody_s_trouble(proof: AddressProof) -> None:
    EmailAddress.objects.all().delete()
    tasks.try_proof_again(proof_id=proof.pk)
    assert not AddressProof.objects.exists()
