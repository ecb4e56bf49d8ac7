"""Linking, moving and unlinking a name: shown first, confirmed with a reason, recorded."""

import pytest
from django.http import HttpRequest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import rebind_identity
from matricula.lms.learners.api import get_learner, picture_learner
from matricula.lms.ledger.models import ChangeSet
from matricula.lms.pages.support import linking
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
    assert "Program hydrology: Enrolled" in words_of(page)
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


def test_an_agent_is_told_who_somebody_is_as_far_as_they_see_them(mira: Account) -> None:
    given.bound("rv-1", mira)
    stranger = given.account("noah")
    Account.objects.filter(pk=mira.pk).update(name="Mira Moss")
    Account.objects.filter(pk=stranger.pk).update(name="Noah Nagy")
    agent = browser_of(school_key="RiverU")
    for username, name, is_named in (("mira", "Mira Moss", True), ("noah", "Noah Nagy", False)):
        asked = {"organization": "RiverU", "key": "rv-9", "username": username}
        page = words_of(agent.get("/support/link", asked))
        assert (name in page, "@example.org" in page) == (is_named, False)
    wanted = {**NAME, "username": "noah"}
    assert stranger.email in words_of(browser_of(username="all").get("/support/link", wanted))


@pytest.mark.parametrize("address", ["link", "unlink"])
def test_what_moves_on_while_it_is_done_is_left_where_it_is(
    mira: Account, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.bound("rv-1", mira)
    given.account("noah")
    olga = given.account("olga")
    ordinary = linking.require_unchanged

    def move_meanwhile(request: HttpRequest, holder: Account) -> None:
        ordinary(request, holder)
        rebind_identity(
            name=given.key_of("rv-1"),
            account_id=olga.pk,
            by=given.OPERATOR,
            at=given.NOW,
            reason="meanwhile",
        )

    monkeypatch.setattr(linking, "require_unchanged", move_meanwhile)
    wanted = {**NAME, "username": "noah", "holder": "mira", "reason": "mixed up"}
    answer = browser_of().post(f"/support/{address}", wanted)
    assert answer.status_code == 409
    assert "changed hands meanwhile" in words_of(answer)
    assert keys_of("olga") == ["rv-1"]
