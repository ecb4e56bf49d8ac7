"""Passing through the LMS to sign in: whoever goes is known again when they come back.

OAuth2's authorization code, with PKCE: the LMS tells a code by way of the browser, and only who
has the verifier, which never leaves us, gets a token for it.
"""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from matricula.lms_client.api import LmsRefused, exchange_code
from matricula.registrar.accounts.recognizing import Caller, recognize_caller
from matricula.registrar.kernel.api import lms_access, telling_trouble
from matricula.service.refusals import NotAllowed

COMPLETE = "/login/complete"
LIFETIME_SECONDS = 15 * 60
"""So long somebody may take to sign in there."""


class NotPassed(NotAllowed):
    """Somebody comes back as nobody has gone, or too late, or without having signed in."""

    code = "not-signed-in"


class Passage(msgspec.Struct, frozen=True):
    """Somebody on the way: what they come back with, and where they want to go then."""

    state: str
    verifier: str
    destination: str
    begun_at: float


def begin_passage(*, destination: str, at: datetime) -> Passage:
    """Return a new one, of which nobody else can know."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    return Passage(state, verifier, destination, at.timestamp())


def address_of_passage(passage: Passage) -> str:
    """Return where to send them.

    Raises:
        LmsNotSetUp: nobody has said as whom we call the LMS.
    """
    digest = sha256(passage.verifier.encode()).digest()
    said = {
        "response_type": "code",
        "client_id": lms_access().client_id,
        "redirect_uri": _way_back(),
        "scope": "read",
        "state": passage.state,
        "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return f"{settings.LMS_PUBLIC_URL}/oauth2/authorize?{urlencode(said)}"


def complete_passage(passage: Passage, *, code: str, issuer: str | None, at: datetime) -> Caller:
    """Return who has come back; one who is new here gets an account.

    Raises:
        BadToken: the LMS's token is not for us.
        NotPassed: it is too late, or the LMS knows nothing of the code.
        Unavailable: the LMS cannot be asked.
    """
    if at.timestamp() - passage.begun_at > LIFETIME_SECONDS:
        raise NotPassed(_("That took too long."))
    if issuer not in {None, settings.LMS_PUBLIC_URL}:
        raise NotPassed(_("That was not the LMS of this Registrar."))
    try:
        with telling_trouble():
            token = exchange_code(
                lms_access(patiently=False),
                code=code,
                verifier=passage.verifier,
                redirect_uri=_way_back(),
            )
    except LmsRefused as refusal:
        raise NotPassed(_("The LMS does not know of your having signed in.")) from refusal
    return recognize_caller(token=token, at=at)


def _way_back() -> str:
    return f"{settings.REGISTRAR_URL}{COMPLETE}"
