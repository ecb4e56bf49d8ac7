"""Limiting how often a caller may ask."""

from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.views import APIView

from matricula.lms.clients.api import Caller
from matricula.service.limiting import CountingLimit, locate
from matricula.service.rate_limits.api import count_request


class CallerLimit(CountingLimit):
    """``RATE_PER_MINUTE`` requests for a caller; none is counted for a trusted client."""

    def is_trusted(self, request: Request) -> bool:
        """Tell whether the client was trusted by who made it."""
        return isinstance(request.auth, Caller) and request.auth.is_trusted


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
