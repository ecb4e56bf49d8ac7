"""The site of the administration: only for staff for whom there is something on it."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from matricula.lms.access.api import Permission, has_permission, list_roles_of
from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.service.tracing import request_id_of

OPENING = (Permission.PLATFORM_OPERATE, Permission.SIGN_ON_MANAGE)
"""Any of these shows something."""

_KEPT = "matricula.administrator"


class Administration(AdminSite):
    """Our permissions open it, for accounts that are staff; Django's own open nothing."""

    site_header = site_title = gettext_lazy("Matricula administration")
    index_title = gettext_lazy("What there is")
    enable_nav_sidebar = False  # tables need the room, and the index is a step away

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether who asks is staff and would see anything."""
        return any(may_administer(request, permission) for permission in OPENING)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse whoever is signed in and may not; others sign in as everybody does."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        response: HttpResponse = super().login(request, extra_context)
        return response


def may_administer(request: HttpRequest, permission: Permission) -> bool:
    """Tell whether who asks is staff, and has the permission everywhere."""
    account = request.user
    if not (isinstance(account, Account) and account.is_active and account.is_staff):
        return False
    return has_permission(administrator_of(request), permission)


def administrator_of(request: HttpRequest) -> Actor:
    """Return who acts, with the roles that they have in this request; one query in all of it."""
    kept = request.META.get(_KEPT)
    if isinstance(kept, Actor) and kept.account_id == request.user.pk:
        return kept
    account_id = request.user.pk
    assert account_id is not None  # noqa: S101  the site has seen to it
    roles = list_roles_of(account_id=account_id)
    by = Actor(
        kind=ActorKind.ACCOUNT,
        key=str(account_id),
        channel="admin",
        account_id=account_id,
        request_id=request_id_of(request),
        roles=tuple((each.role, each.organization_id) for each in roles),
    )
    request.META[_KEPT] = by
    return by
