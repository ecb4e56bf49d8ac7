"""The addresses at which providers answer.

The browser brings an answer by a form that the provider's page sends, and a browser gives no
session to forms of other hosts. So the answer is checked and put aside, and the browser is sent on
to an address of ours where it does show its session; only there it becomes a sign-in.
"""

from datetime import UTC, datetime
from typing import Any

import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib.sessions.backends.base import UpdateError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.addressing import find_saml_provider, read_stored, write_metadata
from matricula.lms.sign_on.saml.answers import (
    AnswerRefused,
    MistimedAnswer,
    SchoolAnswer,
    SignOnDenied,
    UnaskedAnswer,
    UsedAnswer,
)
from matricula.lms.sign_on.saml.checking import check_answer
from matricula.lms.sign_on.saml.putting_aside import put_aside, take_up
from matricula.lms.sign_on.saml.reading_answers import assert_from
from matricula.lms.sign_on.saml.using_once import use_once
from matricula.lms.sign_on.showing import Trouble, show_trouble

log = structlog.get_logger("matricula.sign_on.saml")


@csrf_exempt  # the provider's page sends it; that we asked is found out where there is a session
@never_cache
@require_POST
def take_answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Check what a provider answered, put it aside, and send the browser on."""
    provider = _find_open(slug)
    encoded = request.POST.get("SAMLResponse", "")
    try:
        answer = check_answer(provider=provider, encoded=encoded, at=datetime.now(UTC))
    except AnswerRefused as refusal:
        return _refuse(request, provider, refusal)
    url = reverse("sign_on_finish", args=[provider.slug])
    response = HttpResponseRedirect(url)
    put_aside(response, answer, path=url)
    return response


@never_cache
@require_GET
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign in by the answer that was put aside: once, and if this browser had asked for it."""
    provider = _find_open(slug)
    try:
        answer = take_up(request)
        with transaction.atomic():
            return _sign_in(request, provider, answer)
    except AnswerRefused as refusal:
        return _refuse(request, provider, refusal)


@require_GET
def describe_us(request: HttpRequest, slug: str) -> HttpResponse:
    """Give our metadata to a provider, also before it is switched on."""
    del request
    provider = find_saml_provider(slug=slug)
    if provider is None:
        raise Http404
    document = write_metadata(provider=provider)
    return HttpResponse(document, content_type="application/samlmetadata+xml")


def _find_open(slug: str) -> Provider:
    provider = find_saml_provider(slug=slug)
    if provider is None or not provider.is_on:
        raise Http404
    return provider


def _sign_in(request: HttpRequest, provider: Provider, answer: SchoolAnswer) -> HttpResponse:
    state = _find_state(request, provider, answer)
    use_once(provider=provider, answer=answer)
    asserted = assert_from(answer, provider=provider)
    theirs = get_adapter(request).get_provider(request, provider=provider.slug)
    login = theirs.sociallogin_from_response(request, asserted)
    login.state = state
    response: HttpResponse = complete_social_login(request, login)
    return response


def _find_state(request: HttpRequest, provider: Provider, answer: SchoolAnswer) -> dict[str, Any]:
    """Return what this browser's session knows of the request that was answered, and forget it."""
    if answer.request_id is None:
        if read_stored(provider).takes_unasked:
            return {"process": AuthProcess.LOGIN}
        raise UnaskedAnswer("no request")
    try:
        state: dict[str, Any] | None = statekit.unstash_state(
            request, provider_id=provider.slug, state_id=answer.request_id
        )
    except UpdateError as error:  # a second click: the first has signed in, to another session
        request.session.modified = False  # or it would be saved again
        raise UnaskedAnswer("session over") from error
    if state is None:
        raise UnaskedAnswer("no such request")
    return state


def _refuse(request: HttpRequest, provider: Provider, refusal: AnswerRefused) -> HttpResponse:
    log.warning("answer refused", provider=provider.slug, code=refusal.code, fault=refusal.fault)
    trouble = _TROUBLES.get(type(refusal), Trouble.REFUSED)
    return show_trouble(request, provider.title, trouble, cause=refusal)


_TROUBLES: dict[type[AnswerRefused], Trouble] = {
    MistimedAnswer: Trouble.OUTDATED,
    SignOnDenied: Trouble.CANCELED,
    UnaskedAnswer: Trouble.OUTDATED,
    UsedAnswer: Trouble.OUTDATED,
}
