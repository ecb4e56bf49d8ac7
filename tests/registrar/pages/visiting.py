"""Visiting the console: a browser in which somebody is signed in."""

from typing import Any

from django.test import Client

from tests.registrar import given

Answer = Any
"""Django's test answers have no public type."""


def browser_of(username: str = "mira", *roles: str, school: str | None = given.RIVER) -> Client:
    """Somebody with these roles at a school, or everywhere, in a catalog that is known."""
    given.remembered()
    for role in roles:
        given.with_role(role, username, school=school)
    browser = Client()
    browser.force_login(given.account(username))
    return browser


def read(browser: Client, address: str, *, status: int = 200, **query: str) -> str:
    """A page, as text."""
    answer: Answer = browser.get(address, query)
    assert answer.status_code == status, answer.content
    page: str = answer.content.decode()
    return " ".join(page.split())


def send(browser: Client, address: str, *, to: str, **fields: str) -> Answer:
    """Send a form, and come to the page that it leads to."""
    answer: Answer = browser.post(address, fields)
    assert (answer.status_code, answer.get("Location")) == (302, to), answer.content
    return browser.get(to)
