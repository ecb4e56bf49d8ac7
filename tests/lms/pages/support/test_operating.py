"""The page of those who run the platform, in words and units."""

import re
from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMessage
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import post_mail
from matricula.lms.changes.api import START, note_follower
from matricula.lms.integrity.tasks import check_daily
from matricula.lms.pages.support.operating import TASKS
from matricula.service.mailing import MailServer
from tests import given
from tests.lms.kernel.seeing import run
from tests.lms.pages.support.browsing import browser_of, words_of

pytestmark = pytest.mark.django_db

QUERIES = 14


def test_it_says_how_things_are_and_what_to_do() -> None:
    browser = browser_of("operator")
    page = words_of(browser.get("/support/operating"))
    assert "No worker gives a sign of life" in page
    assert "Nobody has looked yet" in page
    assert "No job was given up" in page
    assert "in all." in page
    assert "Nobody has followed the ledger by the API" in page
    follower = given.account("feed")
    given.enrolled("rv-1", program=given.program())
    note_follower(place=START, by=given.acting(follower), at=datetime.now(UTC))
    run("INSERT INTO procrastinate_workers DEFAULT VALUES")
    check_daily(timestamp=0)
    page = words_of(browser.get("/support/operating"))
    assert "No worker gives" not in page
    assert "All holds" in page
    assert "ago, by worker, an operator" in page
    assert re.search(r'feed</th> ?<td[^>]*data-column="Changes behind">[1-9]', page)


def test_how_long_the_first_has_waited_is_told_while_one_waits(settings: Settings) -> None:
    settings.SMTP = MailServer(host="127.0.0.1", port=1)
    browser = browser_of("operator")
    assert "is the longest wait" not in words_of(browser.get("/support/operating"))
    post_mail(message=EmailMessage("Good news", "...", to=["mira@mail.example"]), at=given.NOW)
    page = words_of(browser.get("/support/operating"))
    assert "0 minutes</strong>is the longest wait" in page


def test_given_up_mail_is_sent_again_by_a_button(settings: Settings) -> None:
    settings.SMTP = MailServer(host="127.0.0.1", port=1)
    post_mail(message=EmailMessage("Good news", "...", to=["mira@mail.example"]), at=given.NOW)
    run("UPDATE procrastinate_jobs SET status = 'failed'")
    browser = browser_of("operator")
    page = words_of(browser.get("/support/operating"))
    assert "Good news" in page
    assert "mail.example" in page
    assert "mira@" not in page
    answer = browser.post("/support/operating/mail", follow=True)
    assert "1 mail is tried again." in words_of(answer)
    assert "None: all mail is handed over" in words_of(answer)
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1


def test_whoever_had_to_sign_in_first_comes_back_and_sends_nothing(settings: Settings) -> None:
    settings.SMTP = MailServer(host="127.0.0.1", port=1)
    post_mail(message=EmailMessage("Good news", "...", to=["mira@mail.example"]), at=given.NOW)
    run("UPDATE procrastinate_jobs SET status = 'failed'")
    answer = browser_of("operator").get("/support/operating/mail")
    assert answer["Location"] == "/support/operating"
    assert ProcrastinateJob.objects.filter(status="todo").count() == 0


def test_it_asks_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    browser = browser_of("operator")
    with django_assert_max_num_queries(QUERIES):
        browser.get("/support/operating")


@pytest.mark.parametrize(
    ("role", "school"), [("support", None), ("read", None), ("operator", "RiverU")]
)
def test_it_is_for_those_who_run_the_platform(role: str, school: str | None) -> None:
    browser = browser_of(role, school_key=school)
    assert browser.get("/support/operating").status_code == 403
    assert browser.post("/support/operating/mail").status_code == 403


def test_it_leads_nobody_where_they_may_not_go() -> None:
    browser = browser_of("operator")
    page = words_of(browser.get("/support/operating"))
    assert 'href="/support"' not in page
    assert 'href="/admin/"' not in page
    Account.objects.update(is_staff=True)
    assert 'href="/admin/"' in words_of(browser.get("/support/operating"))


def test_each_task_has_words() -> None:
    ours = {name for name in app.tasks if "builtin" not in name}
    assert "plans.work_off_plan" in ours
    assert ours == set(TASKS)
