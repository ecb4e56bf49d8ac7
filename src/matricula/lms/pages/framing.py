"""Framing pages: what every template may ask for."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from matricula.lms.sign_on.api import list_doors


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the schools one may sign in with, where one wanted to go, as whom staff look."""
    return {
        "doors": SimpleLazyObject(list_doors),
        "safe_next": SimpleLazyObject(lambda: find_next(request)),
        "masquerade": getattr(request, "masquerade", None),
    }


def find_next(request: HttpRequest) -> str:
    """Return where one wanted to go, if that is ours, or a front end's."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if wanted and get_adapter(request).is_safe_url(wanted) else ""
