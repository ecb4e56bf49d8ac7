"""Admitting: who may open the pages of support, and what they are told where they may not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from matricula.lms.access.api import (
    Permission,
    has_permission,
    list_permitted_organizations,
    list_roles_of,
)
from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.pages.acting import account_of, act_as
from matricula.lms.pages.refusing import telling_refusals

Page = Callable[Concatenate[HttpRequest, Actor, ...], HttpResponse]
Answerer = Callable[..., HttpResponse]

PLACES = "staff"
"""In the session: which pages of staff to lead to. The pages themselves ask again."""


def for_staff(permission: Permission, *, everywhere: bool = False) -> Callable[[Page], Answerer]:
    """Make a page one for whoever has the permission for any organization, or for all.

    The page is given who acts, whose roles were read once for all that it asks.
    """

    def admit(page: Page) -> Answerer:
        telling = telling_refusals(page)

        @never_cache
        @login_required
        @wraps(page)
        def answer(request: HttpRequest, **given: Any) -> HttpResponse:  # noqa: ANN401  of its address
            by = _act_with_roles(request)
            permitted = list_permitted_organizations(by, permission)
            if permitted is not None and (everywhere or not permitted):
                raise PermissionDenied
            places = _list_places(by)
            if request.session.get(PLACES) != places:  # given since the sign-in
                request.session[PLACES] = places
            return telling(request, by, **given)

        return answer

    return admit


for_support = for_staff(Permission.IDENTITIES_LINK)


def _act_with_roles(request: HttpRequest) -> Actor:
    by = act_as(request)
    return Actor(
        kind=by.kind,
        key=by.key,
        channel="support",
        account_id=by.account_id,
        request_id=by.request_id,
        roles=_list_roles(account_of(request)),
    )


def _list_roles(account: Account) -> tuple[tuple[str, int | None], ...]:
    held = list_roles_of(account_id=account.pk)
    return tuple((each.role, each.organization_id) for each in held)


def _list_places(by: Actor) -> dict[str, bool]:
    supported = list_permitted_organizations(by, Permission.IDENTITIES_LINK)
    return {
        "support": supported is None or bool(supported),
        "operate": has_permission(by, Permission.PLATFORM_OPERATE),
    }


@receiver(user_logged_in)
def _note_places(request: HttpRequest, user: Account, **more: Any) -> None:  # noqa: ANN401  Django sends more than is asked for
    """Learn at the sign-in whether to lead them to these pages, so that no page asks for it."""
    del more
    by = Actor(
        kind=ActorKind.ACCOUNT,
        key=str(user.pk),
        channel="pages",
        account_id=user.pk,
        roles=_list_roles(user),
    )
    request.session[PLACES] = _list_places(by)
