"""Authorizing services of the platform: they learn who is signed in here, by a code."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.oauth2_backends import get_oauthlib_core

from matricula.lms.clients.api import find_form_target
from matricula.lms.pages.framing import find_next
from matricula.service.shielding import FORM_TARGETS

ADDRESS = "/oauth2/authorize"


@never_cache
@require_GET
def authorize(request: HttpRequest) -> HttpResponse:
    """Send whoever is signed in back to the service with a code; others sign in first.

    Nobody is asked whether they agree: only services of the platform may do this at all.
    """
    core = get_oauthlib_core()
    try:
        scopes, credentials = core.validate_authorization_request(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        uri, *_ = core.create_authorization_response(request, scopes, credentials, True)  # noqa: FBT003  the library's way
    except FatalClientError as fault:
        said = fault.oauthlib_error.description or fault.oauthlib_error.error
        return render(request, "pages/unknown_service.html", {"said": said}, status=400)
    except OAuthToolkitError as fault:
        uri = fault.oauthlib_error.in_uri(fault.oauthlib_error.redirect_uri)
    return HttpResponseRedirect(uri)


class LeadingOn:
    """A page with a form whose answer may lead to such a service: browsers want to know before."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  as Django has it
        """Say where to, if the service may have people sent there."""
        wanted = urlsplit(find_next(request))
        if wanted.path.rstrip("/") == ADDRESS:
            asked = parse_qs(wanted.query)
            target = find_form_target(
                client_id=asked.get("client_id", [""])[0],
                redirect_uri=asked.get("redirect_uri", [""])[0],
            )
            request.META[FORM_TARGETS] = [target] if target else []
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # the view's
        return response
