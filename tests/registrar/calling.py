"""Calling the Registrar over HTTP as somebody."""

from typing import Any

from rest_framework.test import APIClient

from tests.registrar import given
from tests.registrar.publishing import token_of


def calling_as(
    username: str = "registrar",
    **claims: Any,  # noqa: ANN401  JSON is anything
) -> APIClient:
    """Somebody who shows a token of the LMS in the header."""
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"JWT {token_of(username, **claims)}")
    return caller


def calling_with(
    *roles: str,
    school: str | None = given.RIVER,
    in_program: str | None = None,
    username: str = "registrar",
) -> APIClient:
    """A registrar (or whoever) with these roles, in a catalog that is known."""
    given.remembered()
    for role in roles:
        place = None if in_program else school
        given.with_role(role, username, school=place, in_program=in_program)
    return calling_as(username)


def calling_anonymously() -> APIClient:
    """Nobody in particular."""
    return APIClient()
