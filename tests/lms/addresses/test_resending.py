"""Mail that was given up is found, and tried again by whoever runs the platform."""

import pytest
from django.core.mail import EmailMessage
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from matricula.lms.access.api import PermissionMissing
from matricula.lms.addresses.api import (
    OutgoingMail,
    list_given_up_mail,
    post_mail,
    send_mail_again,
)
from matricula.service.mailing import MailServer
from tests import given
from tests.lms.kernel.seeing import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _with_a_server(settings: Settings) -> None:
    settings.SMTP = MailServer(host="127.0.0.1", port=1)


def post(to: str) -> None:
    post_mail(message=EmailMessage("Good news", "You are in.", to=[to]), at=given.NOW)


def give_up() -> None:
    """As the queue does after the last try."""
    OutgoingMail.objects.update(tries=13)
    run("UPDATE procrastinate_jobs SET status = 'failed', attempts = 13 WHERE status = 'todo'")


def waiting() -> list[int]:
    found = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return [job.args["mail_id"] for job in found]


def test_what_was_given_up_is_tried_again_once() -> None:
    post("mira@example.org")
    give_up()
    post("noah@example.org")
    first, second = OutgoingMail.objects.order_by("pk")
    (found,) = list_given_up_mail(by=given.OPERATOR)
    assert (found.id, found.host, found.tries) == (first.pk, "example.org", 13)
    assert send_mail_again(by=given.OPERATOR) == 1
    assert sorted(waiting()) == [first.pk, second.pk]
    assert OutgoingMail.objects.get(pk=first.pk).tries == 0
    assert (send_mail_again(by=given.OPERATOR), len(waiting())) == (0, 2)


def test_a_mail_whose_job_is_gone_is_given_up_as_well() -> None:
    post("mira@example.org")
    run("DELETE FROM procrastinate_jobs")
    assert send_mail_again(by=given.OPERATOR) == 1
    assert len(waiting()) == 1


@pytest.mark.parametrize("role", ["support", "write"])
def test_it_is_for_those_who_run_the_platform(role: str) -> None:
    by = given.holder_of(role, school_key=None)
    with pytest.raises(PermissionMissing):
        list_given_up_mail(by=by)
    with pytest.raises(PermissionMissing):
        send_mail_again(by=by)
