"""Tokens and sessions: what a browser holds, and until when."""

import re
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as given_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import email_address
from tests import given
from tests.browsing import (
    PASSWORD,
    a_browser,
    an_account,
    hidden_fields,
    last_link,
    register,
    send_form,
    sign_in,
)

if TYPE_CHECKING:
    from http.cookies import SimpleCookie

pytestmark = pytest.mark.django_db

TOKENS = set(given_settings.TOKEN_COOKIE_NAMES)
SESSION = given_settings.SESSION_COOKIE_NAME
NEW = "horse battery 7"


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def mira() -> Account:
    return an_account("mira")


def claims_in(cookies: "SimpleCookie") -> dict[str, Any]:
    token = ".".join(cookies[name].value for name in given_settings.TOKEN_COOKIE_NAMES)
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


def test_whoever_signs_in_has_a_token_that_says_who_they_are(mira: Account) -> None:
    browser = a_browser()
    claims = claims_in(sign_in(browser).cookies)
    assert claims["preferred_username"] == "mira"
    assert claims["email_verified"] is False
    given.bound(email_address("mira@example.org"), mira)
    assert claims_in(sign_in(a_browser()).cookies)["email_verified"] is True
    assert claims_in(browser.post("/login_refresh").cookies)["email_verified"] is True


def test_an_address_that_is_another_s_is_not_verified(mira: Account) -> None:
    given.bound(email_address("mira@example.org"), given.account("other"))
    assert claims_in(sign_in(a_browser()).cookies)["email_verified"] is False


def test_another_primary_address_comes_with_another_token(mira: Account) -> None:
    EmailAddress.objects.create(user=mira, email="mira@example.org", verified=True, primary=True)
    other = EmailAddress.objects.create(user=mira, email="mira@lake.example", verified=True)
    browser = a_browser()
    sign_in(browser)
    send_form(browser, "/account/again", password=PASSWORD)
    answer = send_form(
        browser, "/account/addresses", email=other.email, action_primary="Write to this one"
    )
    assert claims_in(answer.cookies)["email"] == "mira@lake.example"


def test_registering_hands_out_a_token_as_well() -> None:
    browser = a_browser()
    assert set(register(browser).cookies) >= {SESSION, *TOKENS}
    assert browser.get("/api/user/v1/accounts/mira").status_code == 200


@pytest.mark.usefixtures("mira")
def test_signing_in_changes_the_session_so_that_nobody_can_plant_one() -> None:
    browser = a_browser()
    browser.get("/account/addresses")
    session = browser.session
    session["planted"] = True
    session.save()
    before = session.session_key
    browser.cookies[SESSION] = before or ""
    sign_in(browser)
    assert browser.cookies[SESSION].value != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.usefixtures("mira")
def test_a_new_password_ends_the_sessions_elsewhere_and_tells_the_person(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    here, elsewhere = a_browser(), a_browser()
    sign_in(here)
    sign_in(elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        answer = send_form(
            here, "/account/password", oldpassword=PASSWORD, password1=NEW, password2=NEW
        )
    assert answer.status_code == 302
    assert here.get("/dashboard").status_code == 200
    assert elsewhere.get("/dashboard").status_code == 302
    assert elsewhere.post("/login_refresh").status_code == 401
    assert mail.outbox[-1].subject == "Your password was changed"


@pytest.mark.usefixtures("mira")
def test_the_old_password_is_asked_for() -> None:
    browser = a_browser()
    sign_in(browser)
    answer = send_form(
        browser, "/account/password", oldpassword="wrong", password1=NEW, password2=NEW
    )
    assert "not your current password" in answer.content.decode()
    assert sign_in(a_browser()).status_code == 302


@pytest.mark.usefixtures("mira")
def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    old = a_browser()
    sign_in(old)
    browser = a_browser()
    with django_capture_on_commit_callbacks(execute=True):
        send_form(browser, "/reset", email="mira@example.org")
    link = last_link(to="mira@example.org")
    form = browser.get(link, follow=True)
    page = form.content.decode()
    action = re.findall(r'action="(/reset/[^"]+)"', page)[0]
    assert link.rpartition("-")[2] not in action, "the page's address does not tell the secret"
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(action, {**hidden_fields(page), "password1": NEW, "password2": NEW})
    assert done["Location"] == "/reset/done"
    assert sign_in(a_browser(), password=NEW).status_code == 302
    assert old.get("/dashboard").status_code == 302
    assert "does not work any more" in a_browser().get(link, follow=True).content.decode()


def test_an_account_that_a_stranger_has_other_ways_into_is_not_handed_over(
    mira: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Somebody registered with your address, and proved another: they would stay in it."""
    EmailAddress.objects.create(user=mira, email="stranger@example.org", verified=True)
    with django_capture_on_commit_callbacks(execute=True):
        send_form(a_browser(), "/reset", email="mira@example.org")
        send_form(a_browser(), "/reset", email="stranger@example.org")
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["mira@example.org"], "No account has this address"),
        (["stranger@example.org"], "A new password"),
    ]


@pytest.mark.usefixtures("early_in_a_minute")
def test_no_password_can_be_tried_through_the_back_door(mira: Account) -> None:
    """Asking once more counts with signing in."""
    browser = a_browser()
    sign_in(browser)
    answers = [
        send_form(browser, "/account/again", password=f"wrong-{number}").status_code
        for number in range(11)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7")).status_code == 429
    assert mira.check_password(PASSWORD)


@pytest.mark.usefixtures("early_in_a_minute")
def test_names_that_nobody_has_are_counted_just_as_well() -> None:
    """Or whoever tries them learns which accounts there are."""
    answers = [
        sign_in(a_browser(REMOTE_ADDR=f"192.0.2.{number}"), login="nobody").status_code
        for number in range(11)
    ]
    assert answers == [200] * 10 + [429]


@pytest.mark.usefixtures("early_in_a_minute")
@pytest.mark.usefixtures("mira")
def test_username_and_address_are_one_account_s_tries() -> None:
    for number in range(10):
        login = "mira" if number % 2 else "Mira@example.org"
        sign_in(a_browser(REMOTE_ADDR=f"192.0.2.{number}"), login=login, password="wrong")
    assert sign_in(a_browser()).status_code == 429


def test_the_log_of_pages_says_whose_session_it_was(caplog: pytest.LogCaptureFixture) -> None:
    mira = an_account()
    browser = Client()
    browser.force_login(mira)
    with caplog.at_level("INFO", logger="matricula.request"):
        browser.get("/dashboard")
        Client().get("/login")
    said = [record.msg["account_id"] for record in caplog.records if isinstance(record.msg, dict)]
    assert said == [mira.pk, None]
