"""Validating what clients ask of the OAuth2 provider, where its own rules leave something open."""

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error

from matricula.lms.clients.models import Client


class ClientValidator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
    """The provider's rules, and two more."""

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
