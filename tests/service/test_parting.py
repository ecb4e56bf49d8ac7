"""Calls with a token go past what is there for browsers alone; nobody else does."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from matricula.service.parting import join_browsers, part_from_browsers, shows_token
from tests import given
from tests.calling import calling_as
from tests.lms.kernel.seeing import look

CALL = "/api/enrollment/v2/me"


def asking(address: str, authorization: str) -> HttpRequest:
    return RequestFactory().get(address, HTTP_AUTHORIZATION=authorization)


@pytest.mark.django_db
def test_a_call_with_a_token_has_no_session_and_one_without_has() -> None:
    mira = given.account("mira")
    by_token = calling_as(mira).get(CALL)
    browser = Client()
    browser.force_login(mira)
    by_session = browser.get(CALL)
    assert (by_token.status_code, by_session.status_code) == (200, 200)
    assert not hasattr(by_token.wsgi_request, "session")
    assert hasattr(by_session.wsgi_request, "session")
    for answer in (by_token, by_session):
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("authorization", ["JWT no.good.token", "Bearer nonsense"])
def test_a_bad_token_does_not_fall_back_on_a_session(authorization: str) -> None:
    browser = Client()
    browser.force_login(given.account("mira"))
    assert browser.get(CALL, HTTP_AUTHORIZATION=authorization).status_code == 401
    assert browser.get(CALL).status_code == 200
    assert look("SELECT count(*) FROM django_session")[0][0] == 1


@pytest.mark.parametrize("authorization", ["JWT a.b.c", "bearer abc"])
def test_a_call_with_a_token_is_told_by_its_scheme(authorization: str) -> None:
    assert shows_token(asking(CALL, authorization))


@pytest.mark.parametrize(
    ("address", "authorization"),
    [
        (CALL, "Basic bWlyYTpzZWNyZXQ="),
        (CALL, "JWTX a.b.c"),
        (CALL, ""),
        ("/dashboard", "Bearer of-a-proxy"),
        ("/support/learners", "JWT a.b.c"),
    ],
)
def test_other_schemes_and_pages_are_for_browsers(address: str, authorization: str) -> None:
    assert not shows_token(asking(address, authorization))


def test_what_stands_between_sees_browsers_alone() -> None:
    seen: list[str] = []

    def answer(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    inner = join_browsers(answer)

    def between(request: HttpRequest) -> HttpResponse:
        seen.append(request.path)
        return inner(request)

    whole = part_from_browsers(between)
    whole(asking(CALL, "JWT a.b.c"))
    whole(asking(CALL, ""))
    whole(asking("/dashboard", "JWT a.b.c"))
    assert seen == [CALL, "/dashboard"]
