"""`matricula mail`."""

import pytest
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from matricula.lms.addresses.api import post_mail
from matricula.service.mailing import MailServer
from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import run

pytestmark = pytest.mark.django_db


def test_given_up_mail_is_listed_and_sent_again(settings: Settings) -> None:
    assert matricula("mail", "given-up").out.startswith("None")
    settings.SMTP = MailServer(host="127.0.0.1", port=1)
    post_mail(message=EmailMessage("Good news", "...", to=["mira@mail.example"]), at=given.NOW)
    run("UPDATE procrastinate_jobs SET status = 'failed'")
    assert "mail.example" in matricula("mail", "given-up").out
    assert matricula("mail", "given-up", "--json").json["mail"][0]["subject"] == "Good news"
    assert matricula("mail", "send-again").out == "1 tried again.\n"
    assert matricula("mail", "send-again", "--json").json == {"tried_again": 0}
