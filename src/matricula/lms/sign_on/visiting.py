"""The two addresses of a school's sign-on: the way out to it, and the way back."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib.sessions.backends.base import UpdateError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from matricula.lms.sign_on.fetching import BadAnswer, ProviderAway
from matricula.lms.sign_on.models import Protocol, Provider
from matricula.lms.sign_on.openid import begin as begin_openid
from matricula.lms.sign_on.openid import read_answer, recall
from matricula.lms.sign_on.proving_again import require_recent_proof
from matricula.lms.sign_on.reading import UnknownProvider, get_open_provider, has_joined
from matricula.lms.sign_on.saml.asking import begin_saml
from matricula.lms.sign_on.sealing import SealBroken
from matricula.lms.sign_on.showing import Trouble, show_trouble


@never_cache
@require_http_methods(["GET", "POST"])
def go_out(request: HttpRequest, slug: str) -> HttpResponse:
    """Send somebody to their school; who is signed in is asked first whether to join it."""
    provider = _find(slug)
    next_url = get_next_redirect_url(request)
    is_known = request.method == "GET" and _has_joined(request, slug)
    if not request.user.is_authenticated or is_known:
        return _leave(request, provider, AuthProcess.LOGIN, next_url)
    require_recent_proof(request)
    if request.method == "POST":
        return _leave(request, provider, AuthProcess.CONNECT, next_url)
    return render(request, "sign_on/join.html", {"provider": provider, "next": next_url})


@never_cache
@require_GET
def come_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Let in who comes back from their school with a proof."""
    provider = _find(slug)
    if provider.protocol != Protocol.OIDC:
        raise Http404
    state = recall(request, provider)
    if state is None:
        return show_trouble(request, provider.title, Trouble.OUTDATED)
    if error := request.GET.get("error"):
        is_canceled = error in {"access_denied", "login_required", "interaction_required"}
        trouble = Trouble.CANCELED if is_canceled else Trouble.REFUSED
        return show_trouble(request, provider.title, trouble)
    try:
        known = read_answer(request, provider, state)
    except ProviderAway as away:
        return show_trouble(request, provider.title, Trouble.AWAY, cause=away)
    except (BadAnswer, SealBroken) as bad:
        return show_trouble(request, provider.title, Trouble.REFUSED, cause=bad)
    theirs = get_adapter(request).get_provider(request, provider=slug)
    login = theirs.sociallogin_from_response(request, known)
    login.state = state
    answer: HttpResponse = complete_social_login(request, login)
    return answer


def _find(slug: str) -> Provider:
    try:
        provider = get_open_provider(slug=slug)
    except UnknownProvider:
        raise Http404 from None
    return provider


def _leave(
    request: HttpRequest, provider: Provider, process: str, next_url: str | None
) -> HttpResponse:
    """Send them out. A form must not lead to other hosts (the page's policy), so a page does."""
    begin = begin_saml if provider.protocol == Protocol.SAML else begin_openid
    try:
        address = begin(request, provider, process=process, next_url=next_url)
    except ProviderAway as away:
        return show_trouble(request, provider.title, Trouble.AWAY, cause=away)
    except BadAnswer as bad:
        return show_trouble(request, provider.title, Trouble.REFUSED, cause=bad)
    except UpdateError:  # another click has signed in or out meanwhile: this session is gone
        request.session.modified = False
        return show_trouble(request, provider.title, Trouble.OUTDATED)
    if request.method == "GET":
        return redirect(address)
    return render(request, "sign_on/leaving.html", {"provider": provider, "address": address})


def _has_joined(request: HttpRequest, slug: str) -> bool:
    account_id = request.user.pk
    return account_id is not None and has_joined(account_id=account_id, slug=slug)
