"""Who calls: by header, cookies or session, on a view that only says so."""

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from matricula.lms.accounts.api import Account, close_account
from matricula.lms.clients.api import delete_client, sign_token
from tests import given
from tests.lms.clients.forging import claims_of, signed
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.tokens.asking import a_client, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.lms.rest.addresses")]

WHOEVER = "/whoever"


def a_browser() -> Browser:
    return Browser(enforce_csrf_checks=True)


def call(authorization: str, browser: Browser | None = None) -> Any:  # noqa: ANN401  Django's test answers have no public type
    return (browser or a_browser()).get(WHOEVER, headers={"Authorization": authorization})


def token_for(account: Account, *, age: timedelta = timedelta()) -> str:
    return sign_token(account=account, at=datetime.now(UTC) - age).text


def with_cookies(browser: Browser, token: str) -> Browser:
    payload, _, signature = token.rpartition(".")
    parts = zip(settings.TOKEN_COOKIE_NAMES, (payload, signature), strict=True)
    browser.cookies.update(SimpleCookie(dict(parts)))
    return browser


def with_csrf(browser: Browser) -> dict[str, str]:
    return {"X-CSRFToken": browser.get("/csrf/api/v1/token").json()["csrfToken"]}


def write(browser: Browser, **headers: str) -> Any:  # noqa: ANN401  as above
    body = {"some": "thing"}
    return browser.post(WHOEVER, body, content_type="application/json", headers=headers)


def test_a_token_in_the_header_says_who_calls() -> None:
    mira = given.account("mira")
    answer = call(f"JWT {token_for(mira)}")
    assert answer.status_code == 200
    assert answer.json() == {"username": "mira", "by": f"account:{mira.pk}"}


@pytest.mark.parametrize("scheme", ["JWT", "jwt", "Bearer", "bearer"])
def test_either_scheme_takes_a_jwt(scheme: str) -> None:
    assert call(f"{scheme} {token_for(given.account())}").status_code == 200


def test_an_opaque_token_speaks_for_the_account_of_its_client() -> None:
    client = a_client()
    answer = call(f"Bearer {token_of(client, 'bearer')}")
    assert answer.json()["username"] == client.username
    assert call(f"Bearer {token_of(client, 'jwt')}").json() == answer.json()


def test_nobody_is_401_and_told_how_to_come_in() -> None:
    answer = a_browser().get(WHOEVER)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'JWT realm="api"')
    assert answer.json()["code"] == "not-authenticated"


def test_nobody_is_401_before_anything_else_is_looked_at() -> None:
    browser = a_browser()
    assert browser.post(WHOEVER, b"{", content_type="application/json").status_code == 401
    assert browser.post(WHOEVER, b"x", content_type="image/png").status_code == 401
    assert browser.delete(WHOEVER).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "JWT",
        "JWT ",
        "JWT x",
        "JWT a.b.c",
        "JWT a b c",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer \xe9",
        "Bearer " + "x" * 5000,
        "JWT " + "x" * 5000,
        "Basic bWlyYTp4",
        "Digest username=x",
        "Token x",
        "x",
    ],
)
def test_what_is_no_token_is_401(header: str) -> None:
    answer = call(header)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer


def test_an_expired_token_is_401() -> None:
    answer = call(f"JWT {token_for(given.account(), age=timedelta(hours=2))}")
    assert (answer.status_code, answer.json()["detail"]) == (401, "The token has expired.")


def test_an_opaque_token_ends_as_well(time_passes: Any) -> None:  # noqa: ANN401  a fixture below
    token = token_of(a_client(), "bearer")
    time_passes()
    assert call(f"Bearer {token}").status_code == 401


@pytest.fixture
def time_passes() -> Any:  # noqa: ANN401  a function
    from oauth2_provider.models import AccessToken  # noqa: PLC0415  only here

    def pass_() -> None:
        AccessToken.objects.update(expires=datetime.now(UTC) - timedelta(seconds=1))

    return pass_


@pytest.mark.parametrize("sub", ["4b0e8a2e-9d2c-4c53-a7c8-9a4f0d8f4a11", "mira", ""])
def test_a_token_of_nobody_is_401(sub: str) -> None:
    assert call(f"JWT {signed(claims_of(given.account(), sub=sub))}").status_code == 401


@pytest.mark.parametrize("how", ["closed", "retired"])
def test_the_token_of_an_account_that_is_no_more_is_401(how: str) -> None:
    mira = given.account()
    token = token_for(mira)
    if how == "closed":
        close_account(account_id=mira.pk)
    else:
        given.retired(mira, at=datetime.now(UTC))
    assert call(f"JWT {token}").status_code == 401


@pytest.mark.parametrize("kind", ["jwt", "bearer"])
def test_the_token_of_a_deleted_client_is_401(kind: str) -> None:
    client = a_client()
    token = token_of(client, kind)
    delete_client(name=client.name, by=given.OPERATOR)
    assert call(f"Bearer {token}").status_code == 401


def test_a_client_cannot_be_claimed_for_another_account() -> None:
    client = a_client()
    forged = signed(claims_of(given.account("mira"), client_id=client.client_id))
    assert call(f"JWT {forged}").status_code == 401


@pytest.mark.parametrize("header", [{}, {"USE-JWT-COOKIE": "true"}])
def test_the_two_cookies_are_a_token(header: dict[str, str]) -> None:
    browser = with_cookies(a_browser(), token_for(given.account("mira")))
    assert browser.get(WHOEVER, headers=header).json()["username"] == "mira"


@pytest.mark.parametrize("missing", settings.TOKEN_COOKIE_NAMES)
def test_one_of_them_alone_is_none(missing: str) -> None:
    browser = with_cookies(a_browser(), token_for(given.account()))
    del browser.cookies[missing]
    assert browser.get(WHOEVER).status_code == 401


def test_a_write_by_cookies_must_come_from_our_own_pages() -> None:
    browser = with_cookies(a_browser(), token_for(given.account("mira")))
    refused = write(browser)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission-denied")
    assert refused.json()["detail"].startswith("CSRF Failed")
    answer = write(browser, **with_csrf(browser))
    assert answer.json() == {"username": "mira", "data": {"some": "thing"}}


def test_a_write_by_header_needs_no_such_proof_whatever_cookies_come_along() -> None:
    browser = with_cookies(a_browser(), token_for(given.account("noah")))
    answer = write(browser, Authorization=f"JWT {token_for(given.account('mira'))}")
    assert answer.json()["username"] == "mira"


def test_a_bad_header_is_not_mended_by_cookies() -> None:
    browser = with_cookies(a_browser(), token_for(given.account()))
    assert call("JWT x", browser).status_code == 401
    assert call("Basic x", browser).status_code == 401


def test_a_session_says_who_calls() -> None:
    browser = a_browser()
    browser.force_login(given.account("mira"))
    assert browser.get(WHOEVER).json()["username"] == "mira"


def test_a_write_by_session_must_come_from_our_own_pages() -> None:
    browser = a_browser()
    browser.force_login(given.account("mira"))
    refused = write(browser)
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("CSRF Failed")
    assert write(browser, **with_csrf(browser)).status_code == 200


def test_the_session_of_a_closed_account_is_401() -> None:
    mira = given.account()
    browser = a_browser()
    browser.force_login(mira)
    close_account(account_id=mira.pk)
    assert browser.get(WHOEVER).status_code == 401


def test_old_cookies_do_not_spoil_a_good_session_unless_the_caller_means_them() -> None:
    mira = given.account("mira")
    browser = with_cookies(a_browser(), token_for(mira, age=timedelta(hours=2)))
    browser.force_login(mira)
    assert browser.get(WHOEVER).json()["username"] == "mira"
    assert browser.get(WHOEVER, headers={"USE-JWT-COOKIE": "true"}).status_code == 401


@pytest.mark.parametrize("is_client", [True, False])
def test_who_calls_and_how_often_are_two_statements(*, is_client: bool) -> None:
    token = token_of(a_client()) if is_client else token_for(given.account())
    call(f"JWT {token}")
    assert count_statements(lambda: call(f"JWT {token}")) == 2


@pytest.mark.parametrize("kind", ["jwt", "bearer"])
def test_a_trusted_client_costs_one_statement(kind: str) -> None:
    token = token_of(a_client(is_trusted=True), kind)
    call(f"Bearer {token}")
    assert count_statements(lambda: call(f"Bearer {token}")) == 1
