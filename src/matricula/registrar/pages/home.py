"""The first page: who is signed in, and for which programs they may act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matricula.registrar.accounts.api import Account, actor_of
from matricula.registrar.partners.api import (
    API_PERMISSIONS,
    Permission,
    PermittedProgram,
    has_permission,
    list_programs,
    title_of,
)

WORDS = {
    Permission.READ_METADATA: "see its courses",
    Permission.READ_ENROLLMENTS: "download enrollments",
    Permission.WRITE_ENROLLMENTS: "upload enrollments",
    Permission.READ_REPORTS: "download reports",
}


@never_cache
@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Show it, or where to begin."""
    account = request.user
    if not isinstance(account, Account):
        return render(request, "registrar/welcome.html")
    by = actor_of(account, channel="pages")
    shown = {
        "programs": [_describe(each) for each in list_programs(by=by)],
        "gives_roles": has_permission(by, Permission.ROLES_GIVE),
    }
    return render(request, "registrar/home.html", shown)


def _describe(permitted: PermittedProgram) -> dict[str, str]:
    allowed = sorted(WORDS[each] for each in permitted.permissions if each in API_PERMISSIONS)
    return {
        "key": permitted.program.key,
        "title": title_of(permitted.program),
        "may": ", ".join(allowed),
    }
