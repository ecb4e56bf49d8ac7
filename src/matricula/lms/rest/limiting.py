"""Limiting how often a caller may ask."""

from datetime import UTC, datetime

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from matricula.lms.accounts.api import Account
from matricula.lms.rate_limits.api import count_request
from matricula.lms.rest.authenticating import is_trusted


class CallerLimit(BaseThrottle):
    """``RATE_PER_MINUTE`` requests for an account; none is counted for a trusted client."""

    seconds: int | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether the caller may ask once more."""
        del view
        if isinstance(request.user, Account):
            if is_trusted(request.user):
                return True
            caller = f"account:{request.user.pk}"
        else:
            caller = f"address:{self.get_ident(request)}"
        limit = settings.RATE_PER_MINUTE
        self.seconds = count_request(caller=caller, limit=limit, at=datetime.now(UTC))
        return self.seconds is None

    def wait(self) -> float | None:
        """Return the seconds until it may."""
        return self.seconds
