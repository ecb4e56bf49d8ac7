"""Shielding pages: what a browser may do with an answer of ours, and what it must not."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answerer = Callable[[HttpRequest], HttpResponse]

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""Nothing from elsewhere, nothing written into a page, in nobody's frame."""

FORM_TARGETS = "matricula.form_targets"
"""Where in a request's ``META`` a view says where else its form may lead."""

FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
"""What no page of ours asks for, so that nothing that gets into one can."""

DENIED = ", ".join(f"{feature}=()" for feature in FEATURES)


def shield_pages(answer: Answerer) -> Answerer:
    """Send the policy with every answer; one that has a policy of its own keeps it.

    ``FORM_TARGETS`` are origins that a form may lead to: browsers ask that also of where its
    answer redirects.
    """

    def shield(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        targets = [*settings.FORM_TARGETS, *request.META.get(FORM_TARGETS, ())]
        response.headers.setdefault("Content-Security-Policy", _write_policy(*targets))
        response.headers.setdefault("Permissions-Policy", DENIED)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-site")
        return response

    return shield


@lru_cache(maxsize=16)
def _write_policy(*targets: str) -> str:
    """Write the policy of a page whose forms may lead there; nearly all pages have the same."""
    policy = {**POLICY, "form-action": " ".join(["'self'", *targets])}
    return "; ".join(f"{name} {value}" for name, value in policy.items())
