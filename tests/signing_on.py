"""Schools' providers as processes, and browsers that go to them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.http import HttpResponse
from django.test import Client

from matricula.lms.accounts.api import Account
from matricula.lms.organizations.api import Organization
from matricula.lms.sign_on.api import Protocol, ProviderDraft, add_provider
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.settling import settle_assertion
from matricula.lms.sign_on.signing_in import sign_in, speak_for
from tests import given
from tests.cli.serving import HOST, PATIENCE, free_port, wait_until

OIDC = Path(sys.executable).with_name("oidc-provider-mock")
FORM = re.compile(r"<form([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<input([^>]*)>|<button([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]*)"')


@contextmanager
def oidc_provider(*people: Mapping[str, object], token_seconds: int = 3600) -> Iterator[str]:
    """Run a school's OpenID Connect provider that knows these people; yields its issuer."""
    port = free_port()
    claims = [word for each in people for word in ("--user-claims", json.dumps(each))]
    words = ["--port", str(port), "--token-max-age", str(token_seconds), *claims]
    process = subprocess.Popen(
        [OIDC, *words],
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://{HOST}:{port}"

    def answers() -> bool:
        assert process.poll() is None
        with suppress(requests.ConnectionError):
            return requests.get(f"{issuer}/jwks", timeout=PATIENCE).status_code == 200
        return False

    try:
        wait_until(answers)
        yield issuer
    finally:
        process.terminate()
        process.wait(PATIENCE)


def provider(
    slug: str = "riveru",
    *,
    issuer: str = "https://id.example.edu",
    school: Organization | None = None,
    **more: Any,  # noqa: ANN401  as ProviderDraft has them
) -> Provider:
    school = school or given.school()
    draft = {
        "slug": slug,
        "organization_id": school.pk,
        "title": f"{school.key} sign-in",
        "protocol": Protocol.OIDC,
        "issuer": issuer,
        "key_claim": "student_id",
        "client_id": "matricula",
        "client_secret": "a secret",
    }
    return add_provider(draft=ProviderDraft(**{**draft, **more}), by=given.OPERATOR, at=given.NOW)


def come_by(made: Provider, *, key: str, joining: Account) -> None:
    """Let the person behind an account have signed in by a provider, which says this key."""
    entry = sign_in(
        provider=made,
        asserted=Asserted(subject=f"s-{joining.username}", student_key=key),
        joining=joining,
        by=speak_for(made),
        at=given.NOW,
    )
    settle_assertion(social_account_id=entry.social_account.pk, at=given.NOW)


class InsideBrowser:
    """A browser of Django's test client at our side, and of requests at the provider's."""

    def __init__(self) -> None:
        self.client = Client()

    def leave(self, slug: str = "riveru", *, next_url: str = "") -> str:
        """Begin, and return the provider's address."""
        query = {"next": next_url} if next_url else {}
        response = self.client.get(f"/sign-on/{slug}/", query)
        assert response.status_code == 302, response.content.decode()
        return str(response["Location"])

    def prove(self, address: str, subject: str) -> str:
        """Sign in at the provider, and return where it sends us."""
        return prove(requests.Session(), address, subject)

    def come_back(self, address: str) -> HttpResponse:
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]

    def sign_in(self, subject: str, *, slug: str = "riveru", next_url: str = "") -> HttpResponse:
        address = self.leave(slug, next_url=next_url)
        return self.come_back(self.prove(address, subject))

    def join(self, subject: str, *, slug: str = "riveru") -> HttpResponse:
        """Say yes to joining, and prove it."""
        page = self.client.post(f"/sign-on/{slug}/").content.decode()
        found = REFRESH.search(page)
        assert found, page
        return self.come_back(self.prove(unescape(found[1]), subject))


def prove(session: requests.Session, address: str, subject: str) -> str:
    """Sign in at a provider, and return where it sends the browser."""
    assert session.get(address, timeout=PATIENCE).status_code == 200
    answer = session.post(address, data={"sub": subject}, allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


class Browser:
    """A browser that follows redirects and refreshes, and fills in forms."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.page = requests.Response()

    def go(self, path: str) -> requests.Response:
        self.page = self.session.get(urljoin(self.address, path), timeout=PATIENCE)
        while found := REFRESH.search(self.page.text):
            self.page = self.session.get(unescape(found[1]), timeout=PATIENCE)
        return self.page

    def submit(
        self, *, action: str = "", file: tuple[str, str] | None = None, **fields: str
    ) -> requests.Response:
        """Send the first form of the page whose action has those words, with these fields.

        With a ``file``, a name and what is in it, it is the first form that takes one.
        """
        for attributes, body in FORM.findall(self.page.text):
            told = dict(ATTRIBUTE.findall(attributes))
            takes_file = "multipart" in told.get("enctype", "")
            if action in told.get("action", "") and (takes_file or file is None):
                return self._send(told, body, fields, file)
        raise AssertionError(f"no form {action!r} in {self.page.text}")

    def _send(
        self,
        told: Mapping[str, str],
        body: str,
        fields: Mapping[str, str],
        file: tuple[str, str] | None,
    ) -> requests.Response:
        data = {
            each["name"]: unescape(each.get("value", ""))
            for each in (dict(ATTRIBUTE.findall("".join(found))) for found in FIELD.findall(body))
            if each.get("type") == "hidden"
        }
        target = urljoin(self.page.url, unescape(told.get("action", "")) or self.page.url)
        self.page = self.session.post(
            target,
            data={**data, **fields},
            files=None if file is None else {"file": file},
            headers={"Referer": self.page.url},
            timeout=PATIENCE,
        )
        while found := REFRESH.search(self.page.text):
            self.page = self.session.get(unescape(found[1]), timeout=PATIENCE)
        return self.page


def people(*subjects: str) -> Sequence[dict[str, object]]:
    return [
        {
            "sub": subject,
            "student_id": f"key-{subject}",
            "preferred_username": subject,
            "name": f"Name of {subject}",
        }
        for subject in subjects
    ]
