"""Who calls, over HTTP: tokens, cookies, sessions."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from matricula.registrar.accounts.api import forget_keys
from tests.registrar import given
from tests.registrar.calling import calling_anonymously, calling_as
from tests.registrar.publishing import token_of

pytestmark = pytest.mark.django_db

JOBS = "/api/v1/jobs/"
ORIGIN = "https://console.example.org"


def with_cookies(username: str, *, is_checked: bool = True) -> APIClient:
    """A browser with the two cookies of the LMS."""
    caller = APIClient(enforce_csrf_checks=is_checked)
    payload, _, signature = token_of(username).rpartition(".")
    caller.cookies["edx-jwt-cookie-header-payload"] = payload
    caller.cookies["edx-jwt-cookie-signature"] = signature
    return caller


def test_a_token_of_the_lms_is_taken() -> None:
    assert calling_as("mira").get(JOBS).status_code == 200


def test_nobody_in_particular_is_refused_and_told_how_to_come() -> None:
    answer = calling_anonymously().get(JOBS)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'JWT realm="api"')
    assert "detail" in answer.json()


@pytest.mark.parametrize("scheme", ["Bearer", "Token", "Basic"])
def test_no_other_scheme_is_taken(scheme: str) -> None:
    caller = calling_anonymously()
    caller.credentials(HTTP_AUTHORIZATION=f"{scheme} {token_of('mira')}")
    assert caller.get(JOBS).status_code == 401


def test_the_two_cookies_are_taken_for_reading() -> None:
    assert with_cookies("mira").get(JOBS, headers={"use-jwt-cookie": "true"}).status_code == 200


def test_a_write_by_cookies_must_come_from_our_pages() -> None:
    given.account("mira", is_staff=True)
    caller = with_cookies("mira")
    refused = caller.delete("/api/internal/cache/")
    assert (refused.status_code, "CSRF Failed" in refused.json()["detail"]) == (403, True)
    token = caller.get("/csrf/api/v1/token").json()["csrfToken"]
    answer = caller.delete("/api/internal/cache/", headers={"x-csrftoken": token})
    assert answer.status_code == 404  # the token says that mira is no staff


def test_the_csrf_cookie_is_not_that_of_the_lms() -> None:
    answer = calling_anonymously().get("/csrf/api/v1/token/")
    assert list(answer.cookies) == ["registrar_csrftoken"]


def test_a_session_is_taken() -> None:
    caller = APIClient(enforce_csrf_checks=True)
    caller.force_login(given.account("mira"))
    assert caller.get(JOBS).status_code == 200
    assert caller.post(f"{JOBS}x/cancel").status_code == 403


def test_a_token_for_reading_alone_cannot_write() -> None:
    caller = calling_as("mira", scopes=["read"])
    assert caller.get(JOBS).status_code == 200
    assert caller.post(f"{JOBS}x/cancel").status_code == 403


def test_without_the_lms_a_new_process_is_unavailable_and_not_forbidden(
    settings: Settings,
) -> None:
    caller = calling_as("mira")
    settings.LMS_URL = "http://127.0.0.1:9"
    forget_keys()
    answer = caller.get(JOBS)
    forget_keys()
    assert (answer.status_code, answer.json()["code"]) == (504, "lms-unreachable")


def test_a_preflight_is_answered_without_knowing_who_asks(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    answer = calling_anonymously().options(
        JOBS,
        headers={
            "origin": ORIGIN,
            "access-control-request-method": "POST",
            "access-control-request-headers": "use-jwt-cookie,x-csrftoken,content-type",
        },
    )
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    assert answer["Access-Control-Allow-Credentials"] == "true"
    allowed = answer["Access-Control-Allow-Headers"]
    assert all(name in allowed for name in ("use-jwt-cookie", "x-csrftoken", "content-type"))
