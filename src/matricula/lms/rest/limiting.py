"""Limiting how often a caller may ask."""

from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import Caller
from matricula.lms.rate_limits.api import count_request, locate_caller


class CallerLimit(BaseThrottle):
    """``RATE_PER_MINUTE`` requests for an account; none is counted for a trusted client.

    Whoever has no account is counted by address.
    """

    seconds: int | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether the caller may ask once more."""
        del view
        if isinstance(request.auth, Caller) and request.auth.is_trusted:
            return True
        is_known = isinstance(request.user, Account)
        caller = f"account:{request.user.pk}" if is_known else f"address:{locate(request)}"
        limit = settings.RATE_PER_MINUTE
        self.seconds = count_request(caller=caller, limit=limit, at=datetime.now(UTC))
        return self.seconds is None

    def wait(self) -> float | None:
        """Return the seconds until it may."""
        return self.seconds


class TriesLimit(CallerLimit):
    """``TRIES_PER_MINUTE`` for an address that tries secrets."""

    what: ClassVar = "token"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether it may try once more."""
        del view
        caller = f"{self.what}:address:{locate(request)}"
        limit = settings.TRIES_PER_MINUTE
        self.seconds = count_request(caller=caller, limit=limit, at=datetime.now(UTC))
        return self.seconds is None


def locate(request: Request) -> str:
    """Return the address that a request comes from."""
    return locate_caller(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.PROXIES,
    )
