"""Zoning: a page tells the time of where its reader is."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Answerer = Callable[[HttpRequest], HttpResponse]

COOKIE = "zone"
"""In which the reader's browser says it; ``zone.js`` sets it. Without it, times are in UTC."""


def tell_time_of_reader(answer: Answerer) -> Answerer:
    """Have times told in the zone that the browser names, if there is such a one."""

    def tell(request: HttpRequest) -> HttpResponse:
        zone = _find_zone(request.COOKIES.get(COOKIE, ""))
        if zone is None:
            return answer(request)
        with timezone.override(zone):
            return answer(request)

    return tell


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (LookupError, ValueError, OSError):  # not there; no name at all; a folder of names
        return None
