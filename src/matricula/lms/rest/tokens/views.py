"""Handing out tokens: to clients by their secret, to browsers by their session."""

from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from oauth2_provider.oauth2_backends import get_oauthlib_core
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.addresses.api import holds_own_address
from matricula.lms.clients.api import list_public_keys, set_token_cookies, sign_token
from matricula.lms.rest.authenticating import BrowserSessionAuthentication
from matricula.lms.rest.limiting import TriesLimit
from matricula.lms.rest.problems import enveloping
from matricula.lms.rest.viewing import ApiView

KEYS_MAY_BE_KEPT = "max-age=300"
NOT_KEPT = "no-store"


class AccessToken(ApiView):
    """RFC 6749: a token for a client's id and secret, a JWT if ``token_type=jwt`` asks for one."""

    is_public = True
    authentication_classes = ()
    throttle_classes = (TriesLimit,)
    answer_error = enveloping(
        lambda problem, _: {"error": problem.code, "error_description": problem.words}
    )

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Let the provider decide, and say of a JWT that it is one."""
        form = request._request.POST  # noqa: SLF001  read by Django; we read JSON alone
        core = get_oauthlib_core()
        _, headers, body, status = core.create_token_response(request._request)  # noqa: SLF001  as above
        if status == HTTPStatus.OK and form.get("token_type", "").lower() == "jwt":
            body = msgspec.json.encode({**msgspec.json.decode(body), "token_type": "JWT"})
        return HttpResponse(
            body, status=status, headers={**headers, "Content-Type": "application/json"}
        )


class SessionAlone(BrowserSessionAuthentication):
    """A session, without proof of where the request comes from: it only renews what is there."""

    def enforce_csrf(self, request: Request) -> None:
        """Ask for nothing."""


@extend_schema(exclude=True)
class LoginRefresh(ApiView):
    """Renew the token cookies of whoever is signed in."""

    authentication_classes = (SessionAlone,)

    def post(self, request: Request) -> Response:
        """Set both cookies."""
        del request
        now = datetime.now(UTC)
        is_proven = holds_own_address(account=self.account)
        token = sign_token(account=self.account, at=now, email_verified=is_proven)
        response = Response(
            {
                "success": True,
                "user_id": self.account.pk,
                "response_epoch_seconds": now.timestamp(),
                "response_http_date": http_date(now.timestamp()),
                "expires_epoch_seconds": int(now.timestamp()) + token.lifetime_seconds,
            }
        )
        set_token_cookies(response, token.text, lifetime_seconds=token.lifetime_seconds)
        response["Cache-Control"] = NOT_KEPT
        return response


class KeySet(ApiView):
    """The public keys of our tokens, as RFC 7517 has them."""

    is_public = True
    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """List them."""
        del request
        return JsonResponse(
            {"keys": list_public_keys(at=datetime.now(UTC))},
            headers={"Cache-Control": KEYS_MAY_BE_KEPT},
        )


class CsrfToken(ApiView):
    """What a front end must send along with its writes."""

    is_public = True
    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Tell it, and set its cookie."""
        token = get_token(request._request)  # noqa: SLF001  Django's own
        return Response({"csrfToken": token}, headers={"Cache-Control": NOT_KEPT})
