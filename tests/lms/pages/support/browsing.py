"""A browser of staff, for tests of the pages of support."""

from typing import Any

from django.test import Client

from matricula.lms.accounts.api import Account
from tests import given

PEOPLE = {"Accept": "text/html"}

Answer = Any
"""Django's test answers have no public type."""


def staff(
    role: str = "support", *, school_key: str | None = None, username: str = "staff"
) -> Account:
    """Make an account with a role."""
    who = given.account(username)
    given.with_role(role, who, school_key=school_key)
    return who


def browsing_as(account: Account) -> Client:
    browser = Client(headers={"accept": "text/html"})
    browser.force_login(account)
    return browser


def browser_of(
    role: str = "support", *, school_key: str | None = None, username: str = "staff"
) -> Client:
    return browsing_as(staff(role, school_key=school_key, username=username))


def words_of(answer: Answer) -> str:
    """The page, in one line, so that line breaks of a template mean nothing."""
    return " ".join(answer.content.decode().split())
