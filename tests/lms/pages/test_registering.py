"""Registering: a form makes an account by the same rules as everything else."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import email_address
from matricula.lms.pages.limiting import MAILS_PER_HOUR
from tests import given
from tests.browsing import PASSWORD, a_browser, an_account, register, send_form, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def delivered(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Iterator[None]:
    with django_capture_on_commit_callbacks(execute=True):
        yield


def test_a_form_makes_an_account_and_signs_it_in() -> None:
    browser = a_browser()
    answer = register(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard")
    mira = Account.objects.get(username="mira")
    assert (mira.name, mira.email) == ("Mira Sand", "mira@example.org")
    address = EmailAddress.objects.get(user=mira)
    assert (address.primary, address.verified) == (True, False)
    assert browser.get("/dashboard").status_code == 200
    assert sign_in(a_browser(), login="MIRA@example.org")["Location"] == "/dashboard"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "MIRA"}, "Somebody has that username already"),
        ({"username": "mi ra"}, "Enter a valid username"),
        ({"username": "m\0ra"}, "Null characters are not allowed"),
        ({"username": "x" * 151}, "at most 150 characters"),
        ({"email": "mira"}, "Enter a valid email address"),
        ({"email": "m\u0131ra@example.org"}, "Mail cannot be sent to such an address"),
        ({"email": "a@" + "b" * 250 + ".org"}, "Enter a valid email address"),
        ({"name": "Mira\x07Sand"}, "control characters"),
        ({"password1": "password"}, "too common"),
        ({"password1": "other-one"}, "too similar to the username"),
        ({"password1": ""}, "required"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form(fields: dict[str, str], said: str) -> None:
    an_account("mira")
    answer = register(a_browser(), **{"username": "other-one", **fields})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Account.objects.count() == 1


def test_all_that_is_wrong_with_a_field_is_said_of_it_at_once() -> None:
    page = register(a_browser(), password1="1").content.decode()
    assert 'role="alert"' in page
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in page
    assert page.count('id="id_password1_error"') == 1
    assert page.count('class="fault"') > 1


def test_a_username_that_only_the_database_finds_taken_is_no_malfunction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two forms at once: each found it free."""
    an_account("mira")
    monkeypatch.setattr(
        "allauth.account.adapter.DefaultAccountAdapter.clean_username",
        lambda _, username: username,
    )
    answer = register(a_browser(), email="other@example.org")
    assert answer.status_code == 200
    assert "Somebody has that username already" in answer.content.decode()


def test_nobody_learns_whether_an_address_has_an_account() -> None:
    an_account("mira")
    known = register(a_browser(), username="one", email="mira@example.org")
    unknown = register(a_browser(), username="two", email="nobody@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    resets = [
        send_form(a_browser(), "/reset", email=email)
        for email in ("mira@example.org", "nowhere@example.org")
    ]
    assert resets[0]["Location"] == resets[1]["Location"] == "/reset/sent"


@pytest.mark.usefixtures("delivered")
def test_a_sign_up_writes_once_and_to_that_address_alone(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        register(a_browser())
    (message,) = mail.outbox
    assert message.to == ["mira@example.org"]
    assert "/verify/" in str(message.body)
    assert "testserver" not in str(message.body), "links name where we are, not what was asked"


@pytest.mark.usefixtures("early_in_a_minute")
def test_a_mailbox_cannot_be_filled() -> None:
    for number in range(MAILS_PER_HOUR):
        browser = a_browser(REMOTE_ADDR=f"192.0.2.{number}")
        assert send_form(browser, "/reset", email="mira@example.org").status_code == 302
    answer = send_form(a_browser(), "/reset", email="MIRA@example.org")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert register(a_browser()).status_code == 429
    assert send_form(a_browser(), "/reset", email="vera@example.org").status_code == 302


def test_a_form_is_not_taken_from_elsewhere() -> None:
    fields = {"username": "mira", "email": "mira@example.org", "password1": PASSWORD}
    for address in ("/register", "/reset", "/account/addresses", "/account/password"):
        assert a_browser().post(address, fields).status_code == 403
    assert not Account.objects.exists()


def test_one_comes_back_to_where_one_wanted_to_go() -> None:
    page = a_browser().get("/register?next=/programs").content.decode()
    assert 'name="next" value="/programs"' in page
    fields = {"username": "mira", "email": "mira@example.org", "password1": PASSWORD}
    answer = send_form(a_browser(), "/register?next=/programs", **fields)
    assert answer["Location"] == "/programs"
    evil = send_form(
        a_browser(),
        "/register?next=https://evil.example.org",
        **{**fields, "username": "vera"},
    )
    assert evil["Location"] == "/dashboard"


def test_what_was_made_for_an_address_is_not_told_before_it_is_verified() -> None:
    run = given.course_run()
    given.granted(email_address("mira@example.org"), run=run)
    browser = a_browser()
    register(browser)
    assert run.key not in browser.get("/dashboard").content.decode()
