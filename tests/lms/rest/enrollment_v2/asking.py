"""Asking Enrollment API v2, in the tests of its surface."""

from typing import Any, cast

from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from tests.calling import calling_as, calling_with

V2 = "/api/enrollment/v2/"


def told(answer: Any) -> dict[str, Any]:  # noqa: ANN401  what the test client answers
    """The body of an answer that went well."""
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def get(caller: APIClient, path: str, **query: object) -> dict[str, Any]:
    return told(caller.get(V2 + path, cast("dict[str, Any]", query)))


def post(caller: APIClient, path: str, **body: object) -> dict[str, Any]:
    return told(caller.post(V2 + path, body))


def refused(answer: Any, status: int, code: str) -> str:  # noqa: ANN401  as above
    """What a problem says in words."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code, problem
    assert problem["request_id"] == answer["X-Request-ID"]
    detail: str = problem["detail"]
    return detail


def follow_pages(caller: APIClient, path: str, **query: object) -> list[list[Any]]:
    """All pages from the first on, by ``next``."""
    page = get(caller, path, **query)
    pages = [page["results"]]
    while page["next"] is not None:
        page = told(caller.get(page["next"]))
        pages.append(page["results"])
    return pages


def calling_from_everywhere() -> APIClient:
    """Somebody who reads and writes for all schools, the same each time."""
    found = Account.objects.filter(username="everywhere").first()
    if found is not None:
        return calling_as(found)
    return calling_with("write", school_key=None, username="everywhere")
