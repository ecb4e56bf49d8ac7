"""Handing out tokens: to clients by their secret, to browsers by their session."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from oauth2_provider.views import TokenView
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.clients.api import list_public_keys, set_token_cookies, sign_token
from matricula.lms.rest.authenticating import BrowserSessionAuthentication
from matricula.lms.rest.viewing import ApiView

KEYS_MAY_BE_KEPT = "max-age=300"


@method_decorator(csrf_exempt, name="dispatch")
class AccessToken(TokenView):  # type: ignore[misc]  # the library has no types
    """RFC 6749: a token for a client's id and secret, a JWT if ``token_type=jwt`` asks for one."""

    def create_token_response(self, request: HttpRequest) -> tuple[str, Any, str, int]:
        """Say of a JWT that it is one."""
        url, headers, body, status = super().create_token_response(request)
        if status == HTTPStatus.OK and request.POST.get("token_type", "").lower() == "jwt":
            answer = {**msgspec.json.decode(body), "token_type": "JWT"}
            body = msgspec.json.encode(answer).decode()
        return url, headers, body, status


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
        token = sign_token(account=self.account, at=now)
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
        return Response({"csrfToken": get_token(request._request)})  # noqa: SLF001  Django's own
