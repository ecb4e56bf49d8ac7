"""The site of administrators' pages; what is on it, each app says in its ``admin`` module."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from matricula.registrar.accounts.api import Account, actor_of
from matricula.registrar.pages.signing_in import require_sign_in, sign_out
from matricula.registrar.partners.api import Permission, has_permission


class Administration(AdminSite):
    """The pages of whoever may give roles; Django's own permissions open nothing."""

    site_header = site_title = "Matricula Registrar"
    index_title = gettext_lazy("What there is")
    enable_nav_sidebar = False  # tables need the room, and the index is a step away

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether who asks may give roles."""
        account = request.user
        if not isinstance(account, Account):
            return False
        return has_permission(actor_of(account, channel="admin"), Permission.ROLES_GIVE)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Have them sign in at the LMS, as everybody does."""
        del extra_context
        return require_sign_in(request)

    def logout(  # type: ignore[override]  # another page than Django's
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the session, as everywhere."""
        del extra_context
        return sign_out(request)
