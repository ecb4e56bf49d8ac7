"""Asking a provider who somebody is."""

from urllib.parse import urlencode, urlsplit

from allauth.socialaccount.internal import statekit
from django.http import HttpRequest
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request

from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.addressing import as_settings, read_stored


def begin_saml(
    request: HttpRequest, provider: Provider, *, process: str, next_url: str | None
) -> str:
    """Return the address at which somebody proves who they are, and remember what was asked.

    Only this browser's session knows the id of the request, so only it can be answered.
    """
    asked = OneLogin_Saml2_Authn_Request(as_settings(provider))
    state = {"process": process, "account": request.user.pk}
    if next_url:
        state["next"] = next_url
    statekit.stash_state(request, provider_id=provider.slug, state=state, state_id=asked.get_id())
    url = read_stored(provider).sso_url
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{urlencode({'SAMLRequest': asked.get_request()})}"
