"""A browser for tests of pages: it loads a page, fills in its form, and reads its mail."""

import re
from html import unescape
from typing import Any

from django.core import mail
from django.test import Client

from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from tests import given

PASSWORD = "correct horse 9"  # noqa: S105  of an account that lives for a second

Answer = Any
"""Django's test answers have no public type."""


def a_browser(**environment: str) -> Client:
    return Client(enforce_csrf_checks=True, **environment)  # type: ignore[arg-type]  # any header


def send_form(browser: Client, address: str, *, to: str = "", **fields: str) -> Answer:
    """Load a page and send its form, hidden fields included."""
    page = browser.get(address).content.decode()
    return browser.post(to or address, {**hidden_fields(page), **fields})


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def an_account(
    username: str = "mira", *, email: str = "", password: str | None = PASSWORD
) -> Account:
    wanted = NewAccount(
        username=username, email=email or f"{username}@example.org", password=password
    )
    return create_accounts(accounts=[wanted], at=given.NOW)[0]


def sign_in(
    browser: Client, address: str = "/login", *, login: str = "mira", password: str = PASSWORD
) -> Answer:
    return send_form(browser, address, login=login, password=password)


def register(browser: Client, username: str = "mira", **more: str) -> Answer:
    fields = {
        "name": "Mira Sand",
        "username": username,
        "email": f"{username}@example.org",
        "password1": PASSWORD,
        **more,
    }
    return send_form(browser, "/register", **fields)


def last_link(*, to: str) -> str:
    """The path of the last link that was mailed to an address."""
    bodies = [str(message.body) for message in mail.outbox if message.to == [to]]
    found: str = re.findall(r"https?://[^/\s]+(/\S+)", bodies[-1])[0]
    return found
