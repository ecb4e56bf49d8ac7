"""What was refused, or went wrong, as pages."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.test import Client, RequestFactory
from psycopg import InterfaceError

from matricula.registrar.kernel.api import LmsIsUnreachable, LmsRefusesUs
from matricula.registrar.pages.apologizing import apologize
from matricula.registrar.rest import problems
from matricula.service.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from tests.registrar.pages.visiting import browser_of, read

pytestmark = pytest.mark.django_db


def asked(*, post: bool = False, **headers: str) -> HttpRequest:
    method = RequestFactory().post if post else RequestFactory().get
    request: HttpRequest = method("/x", headers={"Accept": "text/html", **headers})
    request.META["matricula.request_id"] = "the-request"
    return request


def test_an_address_that_is_none_is_told_to_people_in_words_and_to_programs_in_theirs() -> None:
    browser = browser_of()
    page = browser.get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, b"There is nothing here for you" in page.content) == (404, True)
    told = browser.get("/api/v2/nowhere", headers={"Accept": "text/html"})
    assert (told.status_code, told["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (NotFound("x"), 404, "There is nothing here for you"),
        (NotAllowed("You may not."), 403, "You may not do this"),
        (Conflict("Somebody was faster."), 409, "Somebody was faster."),
        (Invalid("It is no number."), 400, "It is no number."),
        (LmsIsUnreachable("Nobody answers."), 503, "The learning platform cannot be reached"),
        (LmsRefusesUs("x"), 503, "does not let this service in"),
    ],
)
def test_each_refusal_has_its_words_and_a_next_step(
    refusal: Refusal, status: int, words: str
) -> None:
    answer = apologize(asked(), refusal)
    page = answer.content.decode()
    assert (answer.status_code, words in page, "To your programs" in page) == (status, True, True)
    assert ("Retry-After" in answer) == (status == 503)
    assert (status == 503) == ("your roles are not the reason" in page)
    assert (status == 503) == ('href="/x">Try again</a>' in page)


def test_whoever_has_sent_a_form_finds_back_to_it_and_nowhere_else() -> None:
    ours, theirs = "http://testserver/programs/x", "https://evil.example.org/"
    back = apologize(asked(post=True, Referer=ours), Conflict("x")).content.decode()
    assert f'href="{ours}"' in back
    away = apologize(asked(post=True, Referer=theirs), Conflict("x")).content.decode()
    assert "evil" not in away


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RequestDataTooBig("x"), 413, "That is too large"),
        (InterfaceError("the connection is closed"), 503, "Not just now"),
        (ValueError("a secret"), 500, "That is our fault, not yours"),
    ],
)
def test_what_django_itself_meets_has_a_page_that_asks_no_database(
    error: Exception, status: int, words: str
) -> None:
    answer = problems.answer_bad_request(asked(), error)
    page = answer.content.decode()
    assert (answer.status_code, words in page, "a secret" in page) == (status, True, False)
    assert ("the-request" in page) == (status >= 500)


def test_a_form_without_its_token_is_told_to_load_the_page_again() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browser_of("mira", "read_enrollments").cookies
    answer = browser.post("/programs/hydrology/counts")
    assert (answer.status_code, b"load the page again" in answer.content) == (403, True)


def test_a_key_that_no_database_can_hold_is_nobodys() -> None:
    browser = browser_of("mira", "read_enrollments")
    read(browser, "/programs/a%00b", status=404)
    assert "No program of yours" in read(browser, "/", q="a\x00zz")
    assert "There is no such job" in read(browser, "/jobs", before="1")
