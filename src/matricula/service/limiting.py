"""Limiting how often a caller may ask a service's API."""

from datetime import UTC, datetime

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from matricula.service.rate_limits.api import count_request, locate_caller


class CountingLimit(BaseThrottle):
    """``RATE_PER_MINUTE`` requests for an account; none is counted for whoever is trusted.

    Whoever has no account is counted by address.
    """

    seconds: int | None = None

    def is_trusted(self, request: Request) -> bool:
        """Tell whether the caller may ask as often as they like."""
        del request
        return False

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether the caller may ask once more."""
        del view
        if self.is_trusted(request):
            return True
        account_id = getattr(request.user, "pk", None)
        is_known = account_id is not None
        caller = f"account:{account_id}" if is_known else f"address:{locate(request)}"
        limit = settings.RATE_PER_MINUTE
        self.seconds = count_request(caller=caller, limit=limit, at=datetime.now(UTC))
        return self.seconds is None

    def wait(self) -> float | None:
        """Return the seconds until it may."""
        return self.seconds


def locate(request: Request) -> str:
    """Return the address that a request comes from."""
    return locate_caller(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.PROXIES,
    )
