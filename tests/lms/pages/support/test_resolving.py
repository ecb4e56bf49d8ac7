"""Conflicts: both sides are shown, and the name goes to one of them."""

from typing import Any

import pytest

from matricula.lms.identities.api import (
    list_conflicts,
    rebind_identity,
    unbind_identity,
)
from tests import given
from tests.lms.pages.support.browsing import browser_of, words_of
from tests.lms.pages.support.test_linking import keys_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> int:
    given.enrolled("rv-1", program=given.program())
    given.bound("rv-1", given.account("mira"))
    given.bound("rv-1", given.account("noah"))
    return list_conflicts(by=given.OPERATOR)[0].id


@pytest.mark.parametrize(
    ("decision", "holder", "loser"), [("move", "noah", "mira"), ("keep", "mira", "noah")]
)
def test_a_conflict_is_decided_one_way_or_the_other(
    number: int, decision: str, holder: str, loser: str
) -> None:
    browser = browser_of()
    assert f"/support/conflicts/{number}" in words_of(browser.get("/support/conflicts"))
    page = words_of(browser.get(f"/support/conflicts/{number}"))
    assert "Give it to noah. mira loses what hangs on it." in page
    assert "Program hydrology: Enrolled" in page
    said = {"decision": decision, "reason": "asked the school", "holder": "mira"}
    answer = browser.post(f"/support/conflicts/{number}", said)
    assert answer["Location"] == f"/support/learners/{holder}"
    assert (keys_of(holder), keys_of(loser)) == (["rv-1"], [])
    assert "No conflicts are open" in words_of(browser.get("/support/conflicts"))


def test_nothing_is_decided_without_a_decision_or_a_reason(number: int) -> None:
    browser = browser_of()
    for said in ({"decision": "move"}, {"reason": "because"}, {"decision": "x", "reason": "y"}):
        answer = browser.post(f"/support/conflicts/{number}", {**said, "holder": "mira"})
        assert answer.status_code == 422
    assert keys_of("mira") == ["rv-1"]


def test_both_sides_see_it_on_their_pages(number: int) -> None:
    browser = browser_of()
    for side in ("mira", "noah"):
        page = words_of(browser.get(f"/support/learners/{side}"))
        assert f'href="/support/conflicts/{number}"' in page


def test_another_school_s_agent_has_no_such_conflict(number: int) -> None:
    given.school("LakeU")
    browser = browser_of(school_key="LakeU")
    assert browser.get(f"/support/conflicts/{number}").status_code == 404
    assert "No conflicts are open" in words_of(browser.get("/support/conflicts"))


def test_it_is_told_who_loses_the_name_now_and_taken_from_nobody_else(number: int) -> None:
    olga = given.account("olga")
    name = given.key_of("rv-1")
    done: dict[str, Any] = {"by": given.OPERATOR, "at": given.NOW, "reason": "a mistake"}
    rebind_identity(name=name, account_id=olga.pk, **done)
    browser, address = browser_of(), f"/support/conflicts/{number}"
    assert "Give it to noah. olga loses what hangs on it." in words_of(browser.get(address))
    said = {"decision": "move", "reason": "asked the school", "holder": "mira"}
    answer = browser.post(address, said)
    assert (answer.status_code, keys_of("olga")) == (409, ["rv-1"])
    unbind_identity(name=name, **done)
    assert "Give it to noah. Nobody has it now." in words_of(browser.get(address))
    said = {"decision": "keep", "reason": "neither", "holder": ""}
    assert browser.post(address, said)["Location"] == "/support/conflicts"
    assert [keys_of(each) for each in ("mira", "noah", "olga")] == [[], [], []]


def test_a_school_s_agent_sees_nobody_s_address(number: int) -> None:
    page = words_of(browser_of(school_key="RiverU").get(f"/support/conflicts/{number}"))
    assert ("Give it to noah" in page, "@example.org" in page) == (True, False)
