"""OpenID Connect: going out to a school's provider, and what it says when somebody comes back."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest
from django.urls import reverse

from matricula.lms.sign_on.asserting import as_key
from matricula.lms.sign_on.discovering import Configuration, discover
from matricula.lms.sign_on.fetching import BadAnswer, fetch_json
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.proving import prove_claims
from matricula.lms.sign_on.sealing import unseal

SCOPES = "openid profile email"


class SchoolOpenID(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """A school's provider, as allauth sees it; what it says has been proven already."""

    def get_login_url(self, request: HttpRequest, **kwargs: str) -> str:
        """Return where the way to the provider begins."""
        del request
        address = reverse("sign_on", args=[self.app.provider_id])
        return f"{address}?{urlencode(kwargs)}" if kwargs else address

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the subject: never a claim that may be given to somebody else one day."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep the student key alone: the rest is nobody's business later."""
        return {"student_key": as_key(data["student_key"])}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what an account is made of."""
        return {
            "username": data.get("preferred_username"),
            "name": data.get("name") or _join_name(data),
            "email": data.get("email"),
            "email_verified": data.get("email_verified"),
        }

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Return none: ``sign_in`` keeps the address."""
        del data
        return []


def callback_address(slug: str) -> str:
    """Return where the provider sends people back to, as it has to be registered there."""
    return f"{settings.LMS_URL}{reverse('sign_on_callback', args=[slug])}"


def begin(request: HttpRequest, provider: Provider, *, process: str, next_url: str | None) -> str:
    """Return the address at which somebody proves who they are, and remember what was asked.

    Raises:
        BadAnswer: the provider says of itself what cannot be.
        ProviderAway: it does not answer.
    """
    configuration = discover(provider.issuer)
    nonce, verifier = token_urlsafe(32), token_urlsafe(48)
    state = {
        "process": process,
        "account": request.user.pk,
        "nonce": nonce,
        "verifier": verifier,
    }
    if next_url:
        state["next"] = next_url
    state_id = token_urlsafe(32)
    statekit.stash_state(request, provider_id=provider.slug, state=state, state_id=state_id)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_address(provider.slug),
        "scope": SCOPES,
        "state": state_id,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    parts = urlsplit(configuration.authorization)
    query = urlencode([*parse_qsl(parts.query), *asked.items()])
    return urlunsplit(parts._replace(query=query, fragment=""))


def recall(request: HttpRequest, provider: Provider) -> dict[str, Any] | None:
    """Return what was asked when this sign-in began, once; None if it is over, or another's."""
    try:
        found: dict[str, Any] | None = statekit.unstash_state(
            request, provider_id=provider.slug, state_id=request.GET.get("state", "")
        )
    except UpdateError:  # a second click: the first has signed in, to another session
        request.session.modified = False  # or it would be saved again
        return None
    return found


def read_answer(request: HttpRequest, provider: Provider, state: dict[str, Any]) -> dict[str, Any]:
    """Return what the provider says of who came back, ``student_key`` added.

    Raises:
        BadAnswer: it proves nothing.
        ProviderAway: it does not answer any more.
    """
    configuration = discover(provider.issuer)
    _require_same_provider(request, configuration)
    said = _exchange(configuration, provider, request.GET.get("code", ""), state)
    claims = prove_claims(
        said.get("id_token"),
        configuration=configuration,
        client_id=provider.client_id,
        nonce=state["nonce"],
    )
    known = {**_ask_more(configuration, said, claims), **claims}
    known["student_key"] = known.get(provider.key_claim)
    return known


def _require_same_provider(request: HttpRequest, configuration: Configuration) -> None:
    issuer = request.GET.get("iss")
    if issuer is None and configuration.names_itself:
        raise BadAnswer("no-issuer-in-answer")
    if issuer is not None and issuer != configuration.issuer:
        raise BadAnswer("other-issuer-in-answer")


def _exchange(
    configuration: Configuration, provider: Provider, code: str, state: dict[str, Any]
) -> dict[str, Any]:
    secret = unseal(provider.sealed_secret)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_address(provider.slug),
        "code_verifier": state["verifier"],
    }
    if secret and configuration.takes_basic:
        login = (quote(provider.client_id, safe=""), quote(secret, safe=""))
        return fetch_json("POST", configuration.token, data=form, auth=login)
    form["client_id"] = provider.client_id
    if secret:
        form["client_secret"] = secret
    return fetch_json("POST", configuration.token, data=form)


def _ask_more(
    configuration: Configuration, said: dict[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    """Return what the provider tells besides the token, which is about the same person."""
    token = said.get("access_token")
    if configuration.userinfo is None or not isinstance(token, str):
        return {}
    headers = {"Authorization": f"Bearer {token}"}
    more = fetch_json("GET", configuration.userinfo, headers=headers)
    if more.get("sub") != claims["sub"]:
        raise BadAnswer("other-subject")
    return more


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _join_name(data: dict[str, Any]) -> str:
    parts = (data.get("given_name"), data.get("family_name"))
    return " ".join(each for each in parts if isinstance(each, str))
