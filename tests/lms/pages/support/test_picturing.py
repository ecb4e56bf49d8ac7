"""The page of a learner: what there is, by which name, what is missing, and why."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import Standing, keep_own_address
from matricula.lms.catalog.api import get_program
from matricula.lms.course_enrollments.api import REASONS, Hindrance
from matricula.lms.identities.api import email_address
from matricula.lms.pages.support.wording import HINDRANCES, REMEDIES, tell_lack
from matricula.lms.sign_on.models import Settlement
from tests import given
from tests.calling import calling_with
from tests.lms.pages.support.browsing import browser_of, words_of
from tests.translating import circle, translated

pytestmark = pytest.mark.django_db

QUERIES = 26


@pytest.fixture
def mira() -> Account:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=run)
    given.enrolled("rv-1", program=program, status="suspended")
    who = given.account("mira")
    given.bound("rv-1", who)
    keep_own_address(account=who, at=given.NOW)
    return who


@pytest.mark.usefixtures("mira")
def test_a_learner_is_shown_with_names_programs_and_seats() -> None:
    page = words_of(browser_of().get("/support/learners/mira"))
    assert "rv-1" in page
    assert "by signing in with the school" in page
    assert "Suspended</span> kept out for now; courses do not work" in page
    assert "gives nothing: the program enrollment is suspended" in page
    assert "Nobody has followed the link that was mailed to mira@example.org" in page
    assert "rv-2" not in page


@pytest.mark.usefixtures("mira")
def test_a_course_run_is_explained_with_all_that_speaks_for_it_and_what_to_do() -> None:
    run = given.course_run().key
    browser = browser_of()
    page = words_of(browser.get("/support/learners/mira", {"course_run": run}))
    assert f"Not in {run}: no enrollment gives a seat." in page
    through = "Through program hydrology (status Suspended), in mode Masters"
    assert f"Gives nothing</span> {through}; the program enrollment is suspended" in page
    assert "can let them back in" in page
    given.enrolled("rv-1", program=get_program(key="hydrology"))
    page = words_of(browser.get("/support/learners/mira", {"course_run": run}))
    assert f"In {run}, in mode Masters." in page
    assert "Gives the seat</span> Through program hydrology (status Enrolled)" in page
    page = words_of(browser.get("/support/learners/mira", {"course_run": "course-v1:X+Y+Z"}))
    assert "Not in course-v1:X+Y+Z: nobody has enrolled them" in page
    page = words_of(browser.get("/support/waiting/RiverU/rv-2", {"course_run": run}))
    assert f"Not in {run}: no account has proven the name yet." in page


@pytest.mark.usefixtures("mira")
def test_a_course_run_is_explained_in_the_language_of_whoever_reads() -> None:
    run = given.course_run().key
    browser = browser_of()
    with translated():
        page = words_of(browser.get("/support/learners/mira", {"course_run": run}))
        asked = calling_with("read").get(
            "/api/enrollment/v2/learners/mira/explain", {"course_run": run}
        )
    assert f"{circle('Not in')} {run}: {circle('no enrollment gives a seat')}" in page
    assert circle("the program enrollment is suspended") in page
    assert f"{circle('in mode')} {circle('Masters')}" in page
    assert asked.json()["sentence"] == (
        f"Not in {run}: the program enrollment is suspended (program hydrology)."
    )


@pytest.mark.parametrize("hindrance", Hindrance)
def test_there_are_words_for_all_that_hinders(hindrance: Hindrance) -> None:
    assert str(HINDRANCES[hindrance])
    assert str(REMEDIES[hindrance])
    assert REASONS[hindrance]


@pytest.mark.parametrize("settlement", set(Settlement) - {Settlement.BOUND})
def test_there_are_words_for_all_that_a_sign_on_may_lack(settlement: Settlement) -> None:
    code = f"sign-on-{settlement.replace('_', '-')}"
    assert "RiverU" in tell_lack(code, "RiverU")


@pytest.mark.parametrize("standing", set(Standing) - {Standing.HELD})
def test_there_are_words_for_all_that_an_address_may_lack(standing: Standing) -> None:
    assert "a@b.org" in tell_lack(f"address-{standing}", "a@b.org")


@pytest.mark.usefixtures("mira")
def test_who_waits_has_the_same_page() -> None:
    browser = browser_of()
    page = words_of(browser.get("/support/waiting/RiverU/RV-2", {"course_run": "none"}))
    assert "Waits: no account has proven this name" in page
    assert "theirs as soon as they sign in with RiverU" in page
    assert "Not in none" in page
    assert 'href="/support/link?organization=RiverU&amp;key=rv-2"' in page


@pytest.mark.parametrize(
    "key", ["a/b", "..", "a//..//b", "ä ö?x=1#y&z", "100%", "'\"<script>", "a\\b", "/"]
)
def test_any_key_has_an_address_that_leads_back_to_it(key: str) -> None:
    given.enrolled(key, program=given.program())
    browser = browser_of()
    found = browser.get("/support", {"q": key}, follow=True)
    assert found.status_code == 200
    assert found.context["name"].value == key
    where = found.redirect_chain[0][0].split("?")[0].split("/")
    assert not {".", ".."} & set(where)
    linked = browser.get(f"/support/link?{found.context['of']}&username=staff")
    assert linked.context["called"] == f"RiverU {key}"


def test_an_address_that_waits_says_what_it_waits_for() -> None:
    given.granted(email_address("new+1@example.org"), run=given.course_run())
    answer = browser_of().get("/support/waiting", {"address": "new+1@example.org"})
    assert "as soon as they verify this address" in words_of(answer)
    assert "Directly, Audit: Active" in words_of(answer)


def test_a_bound_name_leads_to_its_account_and_a_merged_account_to_the_other(
    mira: Account,
) -> None:
    browser = browser_of()
    assert browser.get("/support/waiting/RiverU/rv-1")["Location"] == "/support/learners/mira"
    given.merged(mira, given.account("noah"))
    assert browser.get("/support/learners/mira")["Location"] == "/support/learners/noah"


def test_a_school_s_agent_sees_no_address(mira: Account) -> None:
    page = words_of(browser_of(school_key="RiverU").get("/support/learners/mira"))
    assert "rv-1" in page
    assert mira.email not in page


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize(
    "address",
    [
        "learners/mira",
        "waiting/RiverU/rv-2",
        "waiting/NoneU/rv-2",
        "waiting?address=mira@example.org",
        "waiting",
        "history?username=mira",
        "history?organization=RiverU&key=rv-2",
        "unlink?organization=RiverU&key=rv-1",
    ],
)
def test_to_another_school_s_agent_they_do_not_exist(address: str) -> None:
    given.school("LakeU")
    answer = browser_of(school_key="LakeU").get(f"/support/{address}")
    assert answer.status_code in {403, 404}
    assert "mira" not in words_of(answer)


def test_a_page_of_much_asks_as_often_as_one_of_little(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = browser_of()
    few, many = given.account("few"), given.account("many")
    for number in range(12):
        run = given.course_run(f"C{number}")
        program = given.program(f"program-{number}", runs=[run])
        given.enrolled(f"rv-{number}", program=program)
        given.on_course(f"rv-{number}", program=program, run=run)
        given.bound(f"rv-{number}", many)
    for who in (few, many):
        with django_assert_max_num_queries(QUERIES):
            assert browser.get(f"/support/learners/{who.username}").status_code == 200


@pytest.mark.usefixtures("mira")
def test_looking_as_them_begins_with_their_username_filled_in() -> None:
    browser = browser_of()
    page = words_of(browser.get("/support/learners/mira"))
    assert 'href="/support/masquerade?username=mira"' in page
    form = words_of(browser.get("/support/masquerade?username=mira"))
    assert 'name="username" value="mira"' in form
