"""What people and programs are told where there is nothing, or where something went wrong."""

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from psycopg.errors import AdminShutdown

from tests import given

pytestmark = pytest.mark.django_db

PEOPLE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HOME = "matricula.lms.pages.signing_in.render"


def test_a_browser_gets_a_page_and_a_program_gets_json() -> None:
    browser = Client()
    page = browser.get("/nowhere", headers=PEOPLE)
    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()
    assert "Accept" in page["Vary"]
    for accepted in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        answer = browser.get("/nowhere", headers=accepted)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_apis_answer_in_json_whatever_is_accepted() -> None:
    answer = Client().get("/api/nowhere", headers=PEOPLE)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (LookupError("a secret"), 500, "That is not your fault"),
        (PermissionError("a secret"), 500, "Something went wrong"),
        (OperationalError("a secret"), 500, "Number of this attempt"),
    ],
)
def test_what_breaks_is_told_without_a_question_to_the_database(
    error: Exception, status: int, words: str
) -> None:
    browser = Client(raise_request_exception=False)
    with patch(HOME, side_effect=error):
        page = browser.get("/", headers=PEOPLE)
    assert page.status_code == status
    assert words in page.content.decode()
    assert "a secret" not in page.content.decode()
    assert "default-src 'none'" in page["Content-Security-Policy"]


def test_an_outage_is_never_told_as_a_refusal() -> None:
    browser = Client(raise_request_exception=False)
    lost = OperationalError()
    lost.__cause__ = AdminShutdown("a secret")
    with patch(HOME, side_effect=lost):
        page = browser.get("/", headers=PEOPLE)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    words = page.content.decode()
    assert "Not just now" in words
    assert "You are not shut out, and nothing was lost" in words
    assert '<a class="button" href="">Try again</a>' in words
    assert "a secret" not in words


def test_who_may_not_see_a_page_is_told_in_words() -> None:
    browser = Client()
    browser.force_login(given.account("mira"))
    page = browser.get("/support/masquerade", headers=PEOPLE)
    assert page.status_code == 403
    assert "You may not see this" in page.content.decode()
