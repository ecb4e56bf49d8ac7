"""One setting says where mail is handed over."""

import pytest

from matricula.service.mailing import MailServer, read_mail_server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", None),
        (
            "smtp://us:p%40ss@mail.example.org:2525",
            MailServer("mail.example.org", 2525, "us", "p@ss", begins_tls=True),
        ),
        ("smtps://mail.example.org", MailServer("mail.example.org", 465, is_secure=True)),
        ("smtp://localhost:25", MailServer("localhost", 25)),
    ],
)
def test_an_address_names_a_server(url: str, expected: MailServer | None) -> None:
    assert read_mail_server(url) == expected


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://x", "smtp://", "smtp://x:port", "smtp://u:secret@:25"]
)
def test_anything_else_is_said_at_once_and_without_its_password(url: str) -> None:
    with pytest.raises(SystemExit) as said:
        read_mail_server(url)
    assert "MATRICULA_SMTP_URL" in str(said.value)
    assert "secret" not in str(said.value)


def test_a_password_is_not_shown() -> None:
    assert "p@ss" not in repr(read_mail_server("smtp://us:p%40ss@mail.example.org"))
