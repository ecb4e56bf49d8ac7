"""Looking as a learner: shown plainly, read only, and over in time."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as given_settings
from django.test import Client

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import Program
from matricula.lms.people.api import list_masquerades
from matricula.lms.people.models import Masquerade
from tests import given
from tests.browsing import send_form

pytestmark = pytest.mark.django_db

PEOPLE = {"Accept": "text/html"}


@pytest.fixture
def learner() -> Account:
    program = given.program("hydrology")
    given.enrolled("rv-1", program=program)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    return mira


@pytest.fixture
def staff() -> Account:
    who = given.account("staff")
    given.with_role("support", who, school_key=None)
    return who


def browsing_as(account: Account) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account)
    return browser


def look(browser: Client, username: str = "mira", reason: str = "asked for help") -> str:
    answer = send_form(browser, "/support/masquerade", username=username, reason=reason)
    return str(answer.get("Location", answer.content.decode()))


def test_staff_see_what_the_learner_sees_and_stop(learner: Account, staff: Account) -> None:
    browser = browsing_as(staff)
    assert "Hydrology" not in browser.get("/dashboard").content.decode()
    assert look(browser) == "/dashboard"
    page = browser.get("/dashboard").content.decode()
    assert "Hydrology" in page
    assert "You see what <strong>mira</strong> sees" in page
    send_form(browser, "/dashboard", to="/support/masquerade/stop")
    assert "Hydrology" not in browser.get("/dashboard").content.decode()
    (kept,) = list_masquerades(account=learner, by=given.OPERATOR)
    assert (kept.staff, kept.reason, kept.ended_at is None) == ("staff", "asked for help", False)


@pytest.mark.usefixtures("learner")
def test_nothing_can_be_changed_meanwhile(staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    for address in (
        "/account/addresses",
        "/account/password",
        "/support/masquerade",
        "/api/enrollment/v1/enrollment",
    ):
        answer = browser.post(address, {})
        assert answer.status_code == 403, address
        assert "You are only looking" in answer.content.decode()
    assert "You see what" in browser.get("/account/addresses").content.decode()


@pytest.mark.usefixtures("learner")
def test_tokens_stay_the_staff_s_own(staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    page = browser.get("/dashboard")
    assert not set(given_settings.TOKEN_COOKIE_NAMES) & set(page.cookies)
    assert browser.post("/login_refresh").json()["user_id"] == staff.pk
    assert browser.get("/api/user/v1/accounts/staff").json()["username"] == "staff"


@pytest.mark.usefixtures("learner")
def test_it_is_over_after_an_hour(staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    past = datetime.now(UTC) - timedelta(hours=2)
    Masquerade.objects.update(begun_at=past, ends_at=past + timedelta(hours=1))
    assert "You see what" not in browser.get("/dashboard").content.decode()
    assert send_form(browser, "/logout").status_code == 302


@pytest.mark.usefixtures("learner")
def test_only_who_may_and_only_with_a_reason(staff: Account) -> None:
    nobody = browsing_as(given.account("nobody"))
    assert nobody.get("/support/masquerade", headers=PEOPLE).status_code == 403
    for username in ("mira", "whoever"):  # who has an account is told as little
        said = {"username": username, "reason": "why", "csrfmiddlewaretoken": "x" * 32}
        nobody.cookies["csrftoken"] = "x" * 32
        assert nobody.post("/support/masquerade", said).status_code == 403
    browser = browsing_as(staff)
    assert "Say why" in look(browser, reason=" ")
    assert "no such account" in look(browser, username="whoever")
    assert "You see what" not in browser.get("/dashboard").content.decode()


@pytest.mark.usefixtures("learner")
def test_reading_the_address_that_ends_it_ends_nothing(staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    assert browser.get("/support/masquerade/stop")["Location"] == "/support/masquerade"
    assert Masquerade.objects.get().ended_at is None


@pytest.mark.usefixtures("learner")
def test_one_may_sign_out_while_looking(staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    assert browser.get("/logout").status_code == 200
    token = browser.cookies["csrftoken"].value
    answer = browser.post("/logout", {"csrfmiddlewaretoken": token})
    assert answer["Location"] == "/login"
    assert Masquerade.objects.get().ended_at is not None


@pytest.mark.usefixtures("learner")
def test_the_learner_s_program_course_and_history_are_shown(staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    history = browser.get("/dashboard/history").content.decode()
    assert "You came into Hydrology" in history
    program = Program.objects.get()
    page = browser.get(f"/dashboard/programs/{program.uuid}").content.decode()
    assert "You see what <strong>mira</strong> sees" in page
    run = given.course_run()
    page = browser.get(f"/dashboard/courses/{run.key}").content.decode()
    assert "You see what <strong>mira</strong> sees" in page


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize(
    "address",
    ["/account/sessions", "/account/data", "/account/data/download", "/account/close"],
)
def test_what_is_theirs_alone_is_neither_shown_nor_led_to(address: str, staff: Account) -> None:
    browser = browsing_as(staff)
    look(browser)
    assert browser.get(address).status_code == 403
    assert address not in browser.get("/account/addresses").content.decode()


def test_the_account_s_pages_are_the_learner_s_and_write_nothing(
    learner: Account, staff: Account
) -> None:
    browser = browsing_as(staff)
    look(browser)
    page = browser.get("/account/addresses").content.decode()
    assert "You see what <strong>mira</strong> sees" in page
    assert 'name="action_' not in page
    assert (
        "You see what <strong>mira</strong> sees"
        in browser.get("/account/schools").content.decode()
    )
    assert not EmailAddress.objects.filter(user=learner).exists()
    assert "This page is your own" in browser.get("/account/password/first").content.decode()
