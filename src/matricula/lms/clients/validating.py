"""Validating what clients ask of the OAuth2 provider, where its own rules leave something open."""

import re
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from oauth2_provider.models import AccessToken, Grant
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import (
    CustomOAuth2Error,
    InvalidGrantError,
    InvalidRequestError,
)

from matricula.lms.clients.models import Client, SpentCode

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""RFC 7636: what SHA-256 gives, in base64url."""


class ClientValidator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
    """The provider's rules, and some more. Codes are kept as hashes, and known once spent."""

    def _load_application(self, client_id: str | None, request: Request) -> Client | None:
        """Find the client; an id that cannot be stored, let alone asked for, is nobody's."""
        if not client_id or "\0" in client_id:
            return None
        found: Client | None = super()._load_application(client_id, request)
        return found

    def _check_and_set_request_resource(self, request: Request) -> None:
        """Refuse RFC 8707's ``resource``: a token is for the whole LMS, and must not seem less."""
        if getattr(request, "resource", None):
            raise CustomOAuth2Error(
                error="invalid_target",
                description="Tokens are for the whole LMS.",
                request=request,
            )
        request.resource = []

    def save_authorization_code(
        self,
        client_id: str,
        code: dict[str, str],
        request: Request,
        *more: object,
        **named: object,
    ) -> None:
        """Keep a code, for whom it is, and what its owner must show."""
        del client_id, more, named
        self._check_and_set_request_resource(request)
        if not CHALLENGE.fullmatch(request.code_challenge):
            raise InvalidRequestError("code_challenge is not as S256 makes it.", request=request)
        Grant.objects.create(
            application=request.client,
            user=request.user,
            code=_hash(code["code"]),
            expires=datetime.now(UTC) + settings.CODE_LIFETIME,
            redirect_uri=request.redirect_uri,
            scope=" ".join(request.scopes),
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
        )

    def validate_code(
        self,
        client_id: str,
        code: str,
        client: Client,
        request: Request,
        *more: object,
        **named: object,
    ) -> bool:
        """Find whom a code is for, and keep others from it until the transaction ends.

        Shown a second time, it takes back the token that it gave.
        """
        del client_id, more, named
        found = Grant.objects.select_for_update(of=("self",)).select_related("user")
        grant = found.filter(code=_hash(code), application=client).first()
        if grant is None:
            spent = SpentCode.objects.filter(code_hash=_hash(code), token__application=client)
            AccessToken.objects.filter(pk__in=spent.values("token")).delete()
            return False
        if grant.is_expired() or not grant.user.is_active:
            return False
        request.user, request.scopes, request.grant = grant.user, grant.scope.split(), grant
        return True

    def get_code_challenge(self, code: str, request: Request) -> str:
        """Return what the hash of the verifier must be."""
        del code
        return str(request.grant.code_challenge)

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        """Return how it is hashed."""
        del code
        return str(request.grant.code_challenge_method)

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Client,
        request: Request,
        *more: object,
        **named: object,
    ) -> bool:
        """Tell whether it is the one that the code was sent to."""
        del client_id, code, client, more, named
        return bool(request.grant.redirect_uri == redirect_uri)

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *more: object, **named: object
    ) -> None:
        """Remember that the code is spent, and on what."""
        del client_id, more, named
        if not request.grant.delete()[0]:
            raise InvalidGrantError(request=request)
        SpentCode.objects.create(code_hash=_hash(code), token=request.made)

    def _create_access_token(
        self, expires: datetime, request: Request, *more: object
    ) -> AccessToken:
        request.made = super()._create_access_token(expires, request, *more)
        return request.made


def _hash(code: str) -> str:
    return sha256(code.encode(errors="replace")).hexdigest()
