"""The search box: everybody is found by what is known of them, and nobody who may not be seen."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.identities.api import email_address
from tests import given
from tests.lms.pages.support.browsing import browser_of, browsing_as, staff, words_of

pytestmark = pytest.mark.django_db

QUERIES = 10


def named(username: str, name: str) -> Account:
    wanted = NewAccount(username=username, email=f"{username}@example.org", name=name)
    return create_accounts(accounts=[wanted], at=given.NOW)[0]


@pytest.fixture
def mira() -> Account:
    given.enrolled("rv-1", "rv-2", program=given.program())
    who = named("mira", "Mira Sand")
    given.bound("rv-1", who)
    return who


@pytest.mark.parametrize("asked", ["mira", "MIRA", "rv-1", " RV-1 ", "mira@example.org"])
@pytest.mark.usefixtures("mira")
def test_an_exact_match_is_shown_at_once(asked: str) -> None:
    answer = browser_of().get("/support", {"q": asked})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/support/learners/mira?q=")


@pytest.mark.usefixtures("mira")
def test_who_waits_is_found_like_anybody_else() -> None:
    given.granted(email_address("new@example.org"), run=given.course_run())
    browser = browser_of()
    answer = browser.get("/support", {"q": "RV-2"})
    assert answer["Location"].startswith("/support/waiting/RiverU/rv-2?q=")
    answer = browser.get("/support", {"q": "New@example.org"})
    assert answer["Location"].startswith("/support/waiting?address=new%40example.org&q=")
    page = words_of(browser.get("/support", {"q": "rv-2", "all": "yes"}))
    assert "none yet: waits" in page
    assert "That is a student key" in page


@pytest.mark.usefixtures("mira")
def test_words_of_a_name_find_it_in_any_order_and_from_their_beginnings() -> None:
    named("other", "Mirabel Stone-Sand")
    browser = browser_of()
    page = words_of(browser.get("/support", {"q": "san mira"}))
    assert ">Mira Sand<" in page
    assert ">Mirabel Stone-Sand<" in page
    assert page.count("The name has these words") == 2
    assert "Nobody was found" in words_of(browser.get("/support", {"q": "stone river"}))


def test_one_key_of_two_schools_is_two_learners() -> None:
    for school in ("RiverU", "LakeU"):
        given.enrolled("s-1", program=given.program(school.lower(), school_key=school))
    page = words_of(browser_of().get("/support", {"q": "s-1"}))
    assert "/support/waiting/RiverU/s-1" in page
    assert "/support/waiting/LakeU/s-1" in page


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize("asked", ["mira", "rv-1", "rv-2", "mira@example.org", "Sand"])
def test_a_school_s_agent_finds_nobody_of_another_school(asked: str) -> None:
    given.school("LakeU")
    assert "Nobody was found" in words_of(
        browser_of(school_key="LakeU").get("/support", {"q": asked})
    )


@pytest.mark.usefixtures("mira")
def test_a_school_s_agent_finds_its_own() -> None:
    browser = browser_of(school_key="RiverU")
    assert browser.get("/support", {"q": "rv-1"}).status_code == 302
    assert "Mira Sand" in words_of(browser.get("/support", {"q": "sand"}))


@pytest.mark.parametrize("asked", ["\x00", "x" * 600, "'; :* & |", "!!", "a"])
def test_what_cannot_be_found_is_not_found(asked: str) -> None:
    answer = browser_of().get("/support", {"q": asked})
    assert answer.status_code == 200
    assert "What you can try" in words_of(answer)


def test_names_are_paged_and_asked_for_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [NewAccount(username=f"p{n}", email="", name=f"Kim {n}") for n in range(60)]
    create_accounts(accounts=people, at=given.NOW)
    browser = browser_of()
    seen, where = 0, "/support?q=kim"
    while where:
        with django_assert_max_num_queries(QUERIES):
            answer = browser.get(where)
        seen += answer.content.decode().count("/support/learners/p")
        where = answer.context.get("next", "")
    assert seen == 60


def test_it_is_for_support_alone() -> None:
    assert browser_of("read").get("/support").status_code == 403
    nobody = browsing_as(given.account("nobody"))
    assert nobody.get("/support", {"q": "mira"}).status_code == 403


def test_whoever_may_is_led_there_from_every_page() -> None:
    assert 'href="/support"' in words_of(browser_of().get("/dashboard"))
    reader = browsing_as(staff("read", username="reader"))
    assert "/support" not in words_of(reader.get("/dashboard"))
    operator = words_of(browsing_as(staff("operator", username="boss")).get("/dashboard"))
    assert 'href="/support/operating"' in operator


def test_a_program_s_name_leads_to_who_waits_in_it() -> None:
    given.enrolled(*(f"rv-{n:02}" for n in range(60)), program=given.program())
    browser = browser_of()
    page = words_of(browser.get("/support", {"q": "Hydro"}))
    assert 'href="/support/waiting-in?title=Hydro"' in page
    answer = browser.get("/support/waiting-in?title=Hydro")
    assert len(answer.context["waiting"]) == 50
    assert "/support/waiting/RiverU/rv-00" in words_of(answer)
    rest = browser.get(answer.context["next"])
    assert len(rest.context["waiting"]) == 10
    assert "Nobody waits" in words_of(browser.get("/support/waiting-in?title=\x00"))
    given.school("LakeU")
    other = browsing_as(staff(school_key="LakeU", username="other"))
    assert "Nobody waits" in words_of(other.get("/support/waiting-in?title=Hydro"))
