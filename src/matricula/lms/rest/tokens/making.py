"""Making the token that a client gets: for a code the person's, else its own."""

from datetime import UTC, datetime

from oauthlib.common import Request, generate_token

from matricula.lms.addresses.api import holds_own_address
from matricula.lms.clients.api import sign_token


def make_token(request: Request) -> str:
    """Return a token for the OAuth2 provider: a JWT if ``token_type=jwt`` asks for one."""
    if (getattr(request, "token_type", None) or "").lower() != "jwt":
        return str(generate_token())
    account = request.user or request.client.user
    signed = sign_token(
        account=account,
        at=datetime.now(UTC),
        scopes=tuple(request.scopes),
        email_verified=request.user is not None and holds_own_address(account=account),
        lifetime_seconds=request.expires_in,
    )
    return signed.text
