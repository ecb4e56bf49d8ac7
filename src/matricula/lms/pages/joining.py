"""Joining schools: those one signs in with, and those one may sign in with as well."""

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matricula.lms.pages.acting import account_of
from matricula.lms.sign_on.api import list_doors


@login_required
def show_schools(request: HttpRequest) -> HttpResponse:
    """Show both; to join one, one signs in there."""
    mine = SocialAccount.objects.filter(user=account_of(request))
    slugs = list(mine.values_list("provider", flat=True))
    doors = list_doors()
    titles = {door.slug: door.title for door in doors}
    shown = {
        "joined": sorted(titles.get(slug, slug) for slug in slugs),
        "others": [door for door in doors if door.slug not in slugs],
    }
    return render(request, "pages/schools.html", shown)
