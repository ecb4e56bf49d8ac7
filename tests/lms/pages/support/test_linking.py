"""Linking, moving and unlinking a name: shown first, confirmed with a reason, recorded."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.learners.api import get_learner, picture_learner
from matricula.lms.ledger.models import ChangeSet
from tests import given
from tests.browsing import hidden_fields
from tests.lms.pages.support.browsing import browser_of, words_of

pytestmark = pytest.mark.django_db

NAME = {"organization": "RiverU", "key": "rv-1"}


@pytest.fixture
def mira() -> Account:
    given.enrolled("rv-1", program=given.program())
    return given.account("mira")


def keys_of(username: str) -> list[str]:
    learner = get_learner(username=username, by=given.OPERATOR)
    picture = picture_learner(learner=learner, by=given.OPERATOR)
    return [each.value for each in picture.identities if each.kind == "student_key"]


@pytest.mark.usefixtures("mira")
def test_a_waiting_name_is_linked_once_that_is_confirmed() -> None:
    browser = browser_of()
    page = browser.get("/support/link", {**NAME, "username": "mira"})
    assert "Program hydrology: enrolled" in words_of(page)
    assert keys_of("mira") == []
    fields = {**hidden_fields(page.content.decode()), "reason": "saw her passport"}
    answer = browser.post("/support/link", fields)
    assert answer["Location"] == "/support/learners/mira"
    assert keys_of("mira") == ["rv-1"]
    act = ChangeSet.objects.latest("pk")
    assert (act.channel, act.reason) == ("support", "saw her passport")
    assert "Linked to mira" in words_of(browser.get(answer["Location"]))


@pytest.mark.usefixtures("mira")
def test_without_a_reason_nothing_is_done() -> None:
    browser = browser_of()
    answer = browser.post("/support/link", {**NAME, "username": "mira", "holder": ""})
    assert answer.status_code == 422
    assert "Nothing was changed.</strong> Say why" in words_of(answer)
    assert keys_of("mira") == []


def test_a_name_that_is_held_is_moved_and_only_from_whom_the_page_named(mira: Account) -> None:
    given.bound("rv-1", mira)
    given.account("noah")
    browser = browser_of()
    page = browser.get("/support/link", {**NAME, "username": "noah"})
    assert "The name is <strong>mira</strong>'s now. It moves to" in words_of(page)
    wanted = {**NAME, "username": "noah", "reason": "mixed up"}
    answer = browser.post("/support/link", {**wanted, "holder": ""})
    assert answer.status_code == 409
    assert "changed hands meanwhile" in words_of(answer)
    browser.post("/support/link", {**wanted, "holder": "mira"})
    assert (keys_of("mira"), keys_of("noah")) == ([], ["rv-1"])


def test_a_name_is_unlinked_and_waits_again(mira: Account) -> None:
    given.bound("rv-1", mira)
    browser = browser_of()
    page = browser.get("/support/unlink", NAME)
    assert "mira loses what was made for this name" in words_of(page)
    fields = {**hidden_fields(page.content.decode()), "reason": "not hers"}
    answer = browser.post("/support/unlink", fields)
    assert answer["Location"] == "/support/waiting/RiverU/rv-1"
    assert keys_of("mira") == []
    assert "Waits" in words_of(browser.get(answer["Location"]))
    assert browser.get("/support/unlink", NAME).status_code == 302  # there is nothing more to take


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"organization": "NoneU"}, "no organization"),
        ({"username": "whoever"}, "no account"),
        ({"key": "x" * 300}, "Nobody can have that name"),
    ],
)
def test_what_is_not_there_is_said_beside_the_form(said: dict[str, str], words: str) -> None:
    answer = browser_of().get("/support/link", {**NAME, "username": "mira", **said})
    assert answer.status_code == 422
    assert words in words_of(answer)


def test_an_agent_links_for_their_own_school_alone(mira: Account) -> None:
    given.bound("rv-1", mira)
    given.school("LakeU")
    browser = browser_of(school_key="LakeU")
    wanted = {**NAME, "holder": "mira", "reason": "mine", "username": "mira"}
    for address in ("/support/link", "/support/unlink", "/support/withdraw"):
        assert browser.post(address, wanted).status_code in {403, 404}, address
    assert keys_of("mira") == ["rv-1"]
