"""Entering the console, also for whoever was in it a moment ago."""

from uuid import UUID

import pytest
from django.test import Client

from tests.registrar import given
from tests.registrar.pages.visiting import browser_of

pytestmark = pytest.mark.django_db

JOB = UUID(int=7)
PROGRAM = f"/programs/{given.HYDROLOGY}"


def browser_of_nobody() -> Client:
    browser = browser_of()
    browser.logout()
    return browser


@pytest.mark.parametrize(
    "sent_to", [f"{PROGRAM}/upload", f"{PROGRAM}/counts", f"/jobs/{JOB}/apply"]
)
def test_a_form_sent_without_a_session_says_that_nothing_was_done(sent_to: str) -> None:
    page = f"{PROGRAM}/upload?kind=course"
    answer = browser_of_nobody().post(sent_to, headers={"Referer": f"http://testserver{page}"})
    told = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was done with what you have just sent." in told
    assert 'href="/login?next=%2Fprograms%2F' in told
    assert "upload%3Fkind%3Dcourse" in told


def test_it_says_so_where_the_proof_of_the_form_is_lost_as_well() -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/jobs/{JOB}/apply")
    assert answer.status_code == 403
    assert b"You are no longer signed in" in answer.content
    assert b'href="/login?next=%2F"' in answer.content


def test_a_part_of_a_page_has_the_whole_page_ask_for_the_sign_in() -> None:
    answer = browser_of_nobody().get(f"/jobs/{JOB}", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")


@pytest.mark.parametrize(
    ("read", "page"),
    [
        (f"/jobs/{JOB}/apply", f"/jobs/{JOB}"),
        (f"/jobs/{JOB}/cancel", f"/jobs/{JOB}"),
        (f"{PROGRAM}/counts", PROGRAM),
    ],
)
def test_the_address_of_a_form_leads_its_reader_to_the_page_that_has_it(
    read: str, page: str
) -> None:
    answer = browser_of().get(read)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert browser_of().put(read).status_code == 405
