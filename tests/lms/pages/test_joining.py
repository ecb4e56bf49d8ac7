"""The schools that one signs in with: shown, and left."""

import pytest
from django.core import mail
from django.test import Client

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity, rebind_identity
from matricula.lms.sign_on.api import switch_provider
from tests import given
from tests.browsing import an_account, send_form, sign_in
from tests.signing_on import come_by, provider

pytestmark = pytest.mark.django_db(transaction=True)


def browsing(account: Account) -> Client:
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, login=account.username)
    return browser


def leave(browser: Client, slug: str = "riveru") -> str:
    answer = send_form(browser, "/account/schools", slug=slug)
    assert answer["Location"] == "/account/schools"
    return str(browser.get("/account/schools").content.decode())


def test_a_school_is_left_and_what_it_brought_stays() -> None:
    mira = an_account()
    come_by(provider(), key="rv-1", joining=mira)
    browser = browsing(mira)
    assert "Whoever signs in there as you" in browser.get("/account/schools").content.decode()
    page = leave(browser)
    assert "None yet: you sign in with your password." in page
    assert "What it has brought is yours" in page
    assert Identity.objects.get().account == mira
    assert [each.to for each in mail.outbox] == [["mira@example.org"]]


def test_a_second_click_is_as_wanted() -> None:
    mira = an_account()
    come_by(provider(), key="rv-1", joining=mira)
    browser = browsing(mira)
    page = browser.get("/account/schools")
    leave(browser)
    token = page.cookies["csrftoken"].value
    again = browser.post("/account/schools", {"slug": "riveru", "csrfmiddlewaretoken": token})
    assert again["Location"] == "/account/schools"


def test_the_last_way_in_is_not_left() -> None:
    mira = an_account(password=None)
    come_by(provider(), key="rv-1", joining=mira)
    come_by(provider("off"), key="rv-1", joining=mira)
    switch_provider(slug="off", is_on=False, by=given.OPERATOR)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mira)
    assert "Choose a password first" in leave(browser)
    assert not mail.outbox


def test_a_key_that_is_another_account_s_is_told_until_support_has_decided() -> None:
    mira = an_account()
    given.bound("rv-1", given.account("noor"))
    come_by(provider(), key="rv-1", joining=mira)
    browser = browsing(mira)
    assert "belongs to another account" in browser.get("/dashboard").content.decode()
    rebind_identity(
        name=given.key_of("rv-1"),
        account_id=mira.pk,
        by=given.OPERATOR,
        at=given.NOW,
        reason="hers",
    )
    assert "belongs to another account" not in browser.get("/dashboard").content.decode()
