"""Mail: after what it tells of, again if the server is down, and never in the way."""

import socketserver
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from matricula.lms.addresses.api import OutgoingMail, forget_mail_to, post_mail
from matricula.lms.addresses.mailing import hand_over_mail
from matricula.lms.integrity.api import check_integrity
from matricula.service.mailing import MailServer
from tests import given
from tests.browsing import a_browser, register

pytestmark = pytest.mark.django_db


@dataclass
class MailRoom:
    """A mail server, and what it has taken."""

    port: int = 0
    taken: list[str] = field(default_factory=list)


class _Clerk(socketserver.StreamRequestHandler):
    """Says yes to everything, as SMTP has it."""

    room: MailRoom

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.room.taken.append(self._read_message())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")

    def _read_message(self) -> str:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.decode())
        return "".join(lines)


@pytest.fixture
def room(settings: Settings) -> Iterator[MailRoom]:
    made = MailRoom()
    clerk = type("Clerk", (_Clerk,), {"room": made})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), clerk) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        made.port = server.server_address[1]
        _use(settings, port=made.port)
        yield made
        server.shutdown()


def _use(settings: Settings, *, port: int) -> None:
    settings.SMTP = MailServer(host="127.0.0.1", port=port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 5


def a_mail(to: str = "mira@example.org") -> EmailMessage:
    return EmailMessage("Good news", "You are enrolled.", to=[to])


def test_a_mail_waits_in_a_table_until_the_server_has_it(room: MailRoom) -> None:
    post_mail(message=a_mail(), at=given.NOW)
    (waiting,) = OutgoingMail.objects.all()
    job = ProcrastinateJob.objects.get(task_name="addresses.hand_over_mail")
    assert job.args == {"mail_id": waiting.pk}, "jobs tell neither whom nor what"
    hand_over_mail(mail_id=waiting.pk, attempt=1)
    assert "To: mira@example.org" in room.taken[0]
    assert "You are enrolled." in room.taken[0]
    assert not OutgoingMail.objects.exists()
    hand_over_mail(mail_id=waiting.pk, attempt=2)
    assert len(room.taken) == 1


def test_a_server_that_is_down_fails_no_sign_up_and_loses_nothing(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _use(settings, port=1)
    assert register(a_browser()).status_code == 302
    (waiting,) = OutgoingMail.objects.all()
    assert EmailAddress.objects.count() == 1
    with pytest.raises(OSError, match="refused"):
        hand_over_mail(mail_id=waiting.pk, attempt=1)
    assert OutgoingMail.objects.get().tries == 1


def test_mail_that_keeps_waiting_is_found(settings: Settings) -> None:
    _use(settings, port=1)
    long_ago = given.NOW - timedelta(days=3650)
    post_mail(message=a_mail(), at=long_ago)
    found = {each.invariant: each.count for each in check_integrity(by=given.OPERATOR)}
    assert found["mail-is-handed-over-within-an-hour"] == 1


def test_what_did_not_happen_is_not_written_about(room: MailRoom) -> None:
    with transaction.atomic():
        post_mail(message=a_mail(), at=given.NOW)
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()
    assert room.taken == []


def test_without_a_server_it_is_written_to_a_file(
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.SMTP = None
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    with django_capture_on_commit_callbacks(execute=True):
        post_mail(message=a_mail(), at=given.NOW)
    (file,) = (tmp_path / "mail").iterdir()
    assert "You are enrolled." in file.read_text()


def test_what_waits_for_somebody_can_be_forgotten(settings: Settings) -> None:
    _use(settings, port=1)
    post_mail(message=a_mail(), at=given.NOW)
    post_mail(message=a_mail("vera@example.org"), at=given.NOW)
    assert forget_mail_to(recipients=["MIRA@example.org"]) == 1
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["vera@example.org"]
