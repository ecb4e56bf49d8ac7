"""What allauth asks us about sign-on: which providers there are, and whom it lets in."""

from datetime import UTC, datetime
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.lms.accounts.api import Account
from matricula.lms.sign_on.asserting import Asserted, as_key
from matricula.lms.sign_on.models import Protocol, Provider, Settlement
from matricula.lms.sign_on.settling import try_to_settle
from matricula.lms.sign_on.showing import Trouble, show_trial, show_trouble
from matricula.lms.sign_on.signing_in import (
    JoinedElsewhere,
    find_social_account,
    sign_in,
    speak_for,
)
from matricula.lms.sign_on.tasks import settle
from matricula.service.tracing import request_id_of

log = structlog.get_logger("matricula.sign_on")

ALLAUTH_NAMES = {Protocol.OIDC: "openid_connect", Protocol.SAML: "saml"}


class SchoolAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Schools' providers instead of allauth's own table, and our rules instead of its forms."""

    def list_apps(
        self,
        request: HttpRequest | None,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Return the providers by which people may sign in, or those that are asked for.

        One asked for by its slug may be in test mode or off: people see by what they have signed
        in, and whether they may now is asked where they go out and come back.
        """
        del request
        usable = Q(is_on=True, is_test=False)
        protocols = [ours for ours, theirs in ALLAUTH_NAMES.items() if theirs == provider]
        asked = Q(slug=provider) | (usable & Q(protocol__in=protocols))
        found = Provider.objects.filter(usable if provider is None else asked)
        if client_id is not None:
            found = found.filter(client_id=client_id)
        return [as_app(each) for each in found.order_by("slug")]

    def new_user(self, request: HttpRequest, sociallogin: SocialLogin) -> Account:
        """Return an empty account: it is filled in when it is made."""
        del request, sociallogin
        return Account()

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Account:
        """Keep what the school says of them, for ``pre_social_login``."""
        del request
        sociallogin.said = data
        account: Account = sociallogin.user
        return account

    def is_email_verified(self, provider: object, email: str) -> bool:
        """Leave it to ``sign_in``: no address is proven by its domain alone."""
        del provider, email
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Never let anybody into an account for their address."""
        del login, email
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whom a school has proven: to their account, a new one, or the one joined."""
        provider = Provider.objects.select_related("organization").get(
            slug=sociallogin.account.provider
        )
        asserted = _read(sociallogin)
        if provider.is_test:
            raise ImmediateHttpResponse(show_trial(request, provider, asserted))
        joining = _find_joining(request, sociallogin, provider)
        by = speak_for(provider, request_id=request_id_of(request))
        at = datetime.now(UTC)
        try:
            entry = sign_in(provider=provider, asserted=asserted, joining=joining, by=by, at=at)
        except JoinedElsewhere:
            raise ImmediateHttpResponse(
                show_trouble(request, provider.title, Trouble.JOINED_ELSEWHERE)
            ) from None
        settlement = try_to_settle(
            social_account_id=entry.social_account.pk, at=at, request_id=by.request_id
        )
        if settlement is Settlement.UNSETTLED and entry.account.is_active:
            settle.configure(schedule_in={"seconds": 3}).defer(
                social_account_id=entry.social_account.pk
            )
        sociallogin.account = entry.social_account
        sociallogin.user = entry.account
        if entry.is_new and joining is None:
            _ask_for_address(request, entry.account)
        if joining is not None:
            said = _("You can sign in by %(school)s from now on.") % {"school": provider.title}
            messages.success(request, said)
        if request.user.is_authenticated and request.user != entry.account:
            said = _("You are signed in as %(username)s now.") % {
                "username": entry.account.username
            }
            messages.info(request, said)
        if joining is not None:
            where = sociallogin.get_redirect_url(request) or settings.LOGIN_REDIRECT_URL
            raise ImmediateHttpResponse(redirect(where))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ANN401  allauth's own
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer with a page of ours, whatever it was."""
        del extra_context
        trouble = Trouble.CANCELED if error == AuthError.CANCELLED else Trouble.REFUSED
        raise ImmediateHttpResponse(
            show_trouble(request, str(provider.name), trouble, cause=exception)
        )


def as_app(provider: Provider) -> SocialApp:
    """Return a provider as allauth knows them, without its secret; it is never stored."""
    return SocialApp(
        provider=ALLAUTH_NAMES[Protocol(provider.protocol)],
        provider_id=provider.slug,
        name=provider.title,
        client_id=provider.client_id or provider.slug,
        settings=provider.metadata,
    )


def _read(sociallogin: SocialLogin) -> Asserted:
    said = sociallogin.said
    return Asserted(
        subject=sociallogin.account.uid,
        student_key=as_key(sociallogin.account.extra_data.get("student_key")),
        username=_text(said.get("username")),
        name=_text(said.get("name")),
        email=_text(said.get("email")),
        email_is_proven=said.get("email_verified") is True,
    )


def _find_joining(
    request: HttpRequest, sociallogin: SocialLogin, provider: Provider
) -> Account | None:
    """Return the account that asked for this, if one did.

    Who is signed in and comes back from a sign-in that never asked about joining is asked now.
    """
    if not isinstance(request.user, Account):
        return None
    if sociallogin.state.get("process") == AuthProcess.CONNECT:
        if sociallogin.state.get("account") != request.user.pk:  # another has signed in since
            raise ImmediateHttpResponse(show_trouble(request, provider.title, Trouble.OUTDATED))
        return request.user
    if find_social_account(slug=provider.slug, subject=sociallogin.account.uid) is None:
        raise ImmediateHttpResponse(redirect(reverse("sign_on", args=[provider.slug])))
    return None


def _ask_for_address(request: HttpRequest, account: Account) -> None:
    """Write to the address that a school has told; without an answer it proves nothing."""
    for address in EmailAddress.objects.filter(user=account, verified=False):
        try:
            with transaction.atomic():
                address.send_confirmation(request, signup=True)
        except Exception as error:  # they are in all the same, and can have it sent again
            log.exception("address not written to", account_id=account.pk, exc_info=error)


def _text(said: object) -> str:
    return said.strip() if isinstance(said, str) else ""
