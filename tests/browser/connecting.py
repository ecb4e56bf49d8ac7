"""Schools by which people come: one that speaks SAML, one on trial, one away, and one closed."""

import requests

from matricula.lms.accounts.api import Account
from matricula.lms.sign_on.api import (
    Protocol,
    ProviderDraft,
    add_provider,
    add_saml_provider,
    switch_provider,
)
from matricula.lms.sign_on.models import Provider
from tests import given
from tests.cli.serving import HOST, PATIENCE, free_port
from tests.signing_on import come_by

SAML = "river"
TRIAL = "trial"
AWAY = "away"
CLOSED = "closed"
TITLE = "River University"
KEY_ATTRIBUTE = "urn:oid:0.9.2342.19200300.100.1.1"
"""By which the provider of tests.sign_on_with_saml names the student key."""


def connect(*, saml_metadata: str, issuer: str, joined: Account) -> None:
    """Make the LMS know them; somebody has joined the closed one when it was open.

    Only the one with SAML has a button: what is on trial has none, nor has what is closed.
    """
    add_saml_provider(
        draft=ProviderDraft(
            slug=SAML,
            organization_id=given.school().pk,
            title=TITLE,
            protocol=Protocol.SAML,
            issuer="",
            key_claim=KEY_ATTRIBUTE,
        ),
        document=requests.get(saml_metadata, timeout=PATIENCE).content,
        source="",
        takes_unasked=False,
        by=given.OPERATOR,
        at=given.NOW,
    )
    _add(TRIAL, "River University, on trial", issuer=issuer, is_test=True)
    _add(AWAY, "River University, moved", issuer=f"http://{HOST}:{free_port()}", is_test=True)
    closed = _add(CLOSED, "Brook College", issuer=issuer)
    come_by(closed, key="BROOK-0001", joining=joined)
    switch_provider(slug=CLOSED, is_on=False, by=given.OPERATOR)


def _add(slug: str, title: str, *, issuer: str, is_test: bool = False) -> Provider:
    draft = ProviderDraft(
        slug=slug,
        organization_id=given.school().pk,
        title=title,
        protocol=Protocol.OIDC,
        issuer=issuer,
        client_id="matricula",
        client_secret="any will do",
        key_claim="student_number",
        is_test=is_test,
    )
    return add_provider(draft=draft, by=given.OPERATOR, at=given.NOW)
