"""Redirecting people to clients that sign them in: where to, and for whom."""

from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from matricula.lms.clients.models import Client
from matricula.lms.kernel.api import UNSTORABLE, Invalid, quote

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LONGEST = 500


class InvalidRedirectUri(Invalid):
    """People cannot be sent there, or not by this client."""

    code = "invalid-redirect-uri"


def require_redirect_uris(redirect_uris: Sequence[str], *, is_trusted: bool) -> str:
    """Return them as they are stored.

    Raises:
        InvalidRedirectUri: one of them is none, or the client is not trusted.
    """
    if redirect_uris and not is_trusted:
        raise InvalidRedirectUri("Only a trusted client may sign people in.")
    for uri in redirect_uris:
        if not _is_redirect_uri(uri):
            raise InvalidRedirectUri(
                f"{quote(uri)} is no redirect URI: it needs https (or http on this machine), "
                "a host, and no user, fragment or space."
            )
    return " ".join(redirect_uris)


def find_form_target(*, client_id: str, redirect_uri: str) -> str | None:
    """Return the origin that a form leads to in the end, if the client may have people sent there.

    Browsers ask for it before the form is sent.
    """
    if UNSTORABLE.search(client_id):
        return None
    client = Client.objects.select_related("user").filter(client_id=client_id).first()
    if client is None or not client.signs_people_in:
        return None
    if not client.redirect_uri_allowed(redirect_uri):
        return None
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}"


def _is_redirect_uri(uri: str) -> bool:
    if len(uri) > LONGEST or not uri.isascii() or UNSTORABLE.search(uri) or _has_space(uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_safe and bool(parts.hostname) and "@" not in parts.netloc and _has_good_port(parts)


def _has_space(uri: str) -> bool:
    return any(character.isspace() or character in "\"'<>;,#\\" for character in uri)


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False
