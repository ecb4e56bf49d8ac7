"""Providing tokens: the two ways to get one, and no other that OAuth2 knows.

A client's secret gives one for its own account, a code one for the person who has signed in here.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from oauthlib.common import Request
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256

from matricula.lms.clients.validating import ClientValidator

BY_CODE, BY_SECRET = "authorization_code", "client_credentials"


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # the library has no types
    """A code for who has signed in; only S256 proves whose code it is."""

    refresh_token = False
    _code_challenge_methods: ClassVar = {"S256": code_challenge_method_s256}


class Provider(AuthorizationEndpoint, TokenEndpoint):  # type: ignore[misc]  # as above
    """What the OAuth2 provider offers."""

    def __init__(
        self,
        request_validator: ClientValidator,
        token_generator: Callable[[Request], str] | None = None,
        **more: Any,  # noqa: ANN401  settings of grants that are not offered
    ) -> None:
        """Know both grants."""
        del more
        by_code = CodeGrant(request_validator)
        bearer = BearerToken(request_validator, token_generator, find_lifetime)
        AuthorizationEndpoint.__init__(
            self,
            default_response_type="code",
            response_types={"code": by_code},
            default_token_type=bearer,
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type=BY_SECRET,
            grant_types={BY_CODE: by_code, BY_SECRET: ClientCredentialsGrant(request_validator)},
            default_token_type=bearer,
        )

    @transaction.atomic
    def create_token_response(self, *words: Any, **named: Any) -> Any:  # noqa: ANN401  as the base has it
        """Answer a request for a token; a code that is shown twice at once is good once."""
        return super().create_token_response(*words, **named)


def find_lifetime(request: Request) -> int:
    """Return for how many seconds a token is good: one for a code only says who has signed in."""
    lifetime = (
        settings.TOKEN_LIFETIME_OF_A_CODE
        if request.grant_type == BY_CODE
        else settings.TOKEN_LIFETIME
    )
    return int(lifetime.total_seconds())
