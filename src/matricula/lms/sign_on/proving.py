"""Proving an ID token: that this provider made it, for us, just now, and for this very sign-in.

The checks of OpenID Connect Core 3.1.3.7. The signature is checked although the token comes from
the provider itself, and only keys that nobody else can have are trusted.
"""

import time
from typing import Any

import jwt

from matricula.lms.kernel.api import UNSTORABLE
from matricula.lms.sign_on.discovering import Configuration, find_key
from matricula.lms.sign_on.fetching import BadAnswer

ALGORITHMS = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
CLOCKS_DIFFER = 60
"""Seconds by which the provider's clock may be wrong."""
OLDEST = 600
"""Seconds since which a token may have been made: nobody signs in more slowly."""
SUBJECT_LENGTH = 191


def prove_claims(
    token: object, *, configuration: Configuration, client_id: str, nonce: str
) -> dict[str, Any]:
    """Return the claims of an ID token.

    Raises:
        BadAnswer: it proves nothing; the fault says why.
        ProviderAway: its keys cannot be fetched.
    """
    if not isinstance(token, str):
        raise BadAnswer("no-id-token")
    claims = _decode(token, configuration, client_id)
    _require_for_us(claims, client_id)
    if claims["iat"] < time.time() - OLDEST:
        raise BadAnswer("old-token")
    if claims.get("nonce") != nonce:
        raise BadAnswer("other-nonce")
    if not 0 < len(claims["sub"]) <= SUBJECT_LENGTH or UNSTORABLE.search(claims["sub"]):
        raise BadAnswer("unfit-subject")
    return claims


def _decode(token: str, configuration: Configuration, client_id: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise BadAnswer("weak-algorithm")
        key = find_key(configuration.keys, key_id=header.get("kid"), algorithm=algorithm)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=ALGORITHMS,
            issuer=configuration.issuer,
            audience=client_id,
            leeway=CLOCKS_DIFFER,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise BadAnswer(type(error).__name__) from error
    return claims


def _require_for_us(claims: dict[str, Any], client_id: str) -> None:
    audience = claims["aud"]
    party = claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        raise BadAnswer("audience-of-many")
    if party is not None and party != client_id:
        raise BadAnswer("other-party")
