"""Merging, withdrawing and retiring: a plan first, then the deed, each with a reason."""

import pytest

from matricula.lms.accounts.api import Account, get_account
from matricula.lms.ledger.models import ChangeSet
from matricula.lms.preemptive_enrollments.api import Waiting, list_waiting
from tests import given
from tests.browsing import hidden_fields
from tests.lms.pages.support.browsing import browser_of, browsing_as, staff, words_of
from tests.lms.pages.support.test_linking import keys_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira() -> Account:
    given.enrolled("rv-1", "rv-2", program=given.program())
    who = given.account("mira")
    given.bound("rv-1", who)
    return who


@pytest.mark.usefixtures("mira")
def test_two_accounts_are_merged_after_the_plan_was_shown() -> None:
    given.account("noah")
    browser = browser_of()
    acts = ChangeSet.objects.count()
    page = browser.get("/support/merge", {"source": "mira", "into": "noah"})
    assert page.context["plan"].identities == 1
    assert (keys_of("mira"), ChangeSet.objects.count()) == (["rv-1"], acts)
    fields = {**hidden_fields(page.content.decode()), "reason": "one person"}
    assert browser.post("/support/merge", fields)["Location"] == "/support/learners/noah"
    assert keys_of("noah") == ["rv-1"]
    assert get_account(username="mira").is_active is False


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize(("into", "words"), [("mira", "into itself"), ("who", "no account")])
def test_what_cannot_be_merged_is_said(into: str, words: str) -> None:
    answer = browser_of().get("/support/merge", {"source": "mira", "into": into})
    assert answer.status_code == 422
    assert words in words_of(answer)


@pytest.mark.usefixtures("mira")
def test_what_waits_is_withdrawn_by_whoever_writes_the_school_s_enrollments() -> None:
    agent = staff()
    name = {"organization": "RiverU", "key": "rv-2"}
    browser = browsing_as(agent)
    assert browser.get("/support/withdraw", name).status_code == 403
    given.with_role("write", agent)
    assert "support/withdraw" in words_of(browser.get("/support/waiting/RiverU/rv-2"))
    page = browser.get("/support/withdraw", name)
    assert page.context["plan"].program_enrollments == 1
    assert list_waiting(which=Waiting(), by=given.OPERATOR)
    fields = {**hidden_fields(page.content.decode()), "reason": "enrolled by mistake"}
    assert browser.post("/support/withdraw", fields).status_code == 302
    assert not list_waiting(which=Waiting(), by=given.OPERATOR)
    assert "Nothing waits for this name" in words_of(browser.get("/support/withdraw", name))
    left = words_of(browser.get("/support/waiting/RiverU/rv-2"))
    assert "support/withdraw" not in left
    assert "Nothing is made for it now." in left


def test_a_person_is_retired_once_their_username_is_typed(mira: Account) -> None:
    browser = browser_of()
    assert "cannot be undone" in words_of(browser.get("/support/retire", {"username": "mira"}))
    said = {"username": "mira", "reason": "asked to be forgotten"}
    answer = browser.post("/support/retire", {**said, "typed": "noah"})
    assert answer.status_code == 422
    assert "Type the username exactly" in words_of(answer)
    assert browser.post("/support/retire", {**said, "typed": "mira"})["Location"] == "/support"
    mira.refresh_from_db()
    assert mira.retired_at is not None
    page = words_of(browser.get(f"/support/learners/{mira.username}"))
    assert "the person was erased on" in page


@pytest.mark.usefixtures("mira")
def test_a_school_s_agent_neither_merges_nor_retires() -> None:
    browser = browser_of(school_key="RiverU")
    page = words_of(browser.get("/support/learners/mira"))
    for address in ("/support/merge", "/support/retire", "/support/operating"):
        assert address not in page
        assert browser.get(address, {"username": "mira"}).status_code == 403
