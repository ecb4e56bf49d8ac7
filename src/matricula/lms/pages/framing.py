"""Framing pages: what every template may ask for."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from matricula.lms.sign_on.api import list_doors

PLACES = {
    "history": "/dashboard/history",
    "dashboard": "/dashboard",
    "account": "/account/",
    "support": "/support",
}
"""How the addresses of each begin; the first that fits is it."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the schools one may sign in with, where one wanted to go, as whom staff look.

    And in which place of the service the page is.
    """
    return {
        "doors": SimpleLazyObject(list_doors),
        "safe_next": SimpleLazyObject(lambda: find_next(request)),
        "masquerade": getattr(request, "masquerade", None),
        "place": find_place(request.path),
    }


def find_place(path: str) -> str:
    """Return in which of the places that all pages lead to an address lies; empty: in none."""
    return next((place for place, begins in PLACES.items() if path.startswith(begins)), "")


def find_next(request: HttpRequest) -> str:
    """Return where one wanted to go, if that is ours, or a front end's."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if wanted and get_adapter(request).is_safe_url(wanted) else ""
