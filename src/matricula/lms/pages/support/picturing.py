"""Picturing a learner: all that there is, what is missing, and why a course is open or not."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from matricula.lms.access.api import Permission, has_permission, list_permitted_organizations
from matricula.lms.accounts.api import Account, get_account
from matricula.lms.identities.api import IdentityName, Kind, list_conflicts
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    Learner,
    NameOfLearner,
    explain_seat,
    get_learner,
    get_named_learner,
    list_lacks,
    list_names_of_learner,
    picture_learner,
)
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.naming import (
    link_to_account,
    query_of_name,
    read_given,
    read_name,
)
from matricula.lms.pages.support.wording import KINDS, WORDS, name_actors, tell_lack
from matricula.lms.people.api import list_masquerades
from matricula.lms.sign_on.api import list_joined

LOOKS_SHOWN = 5


@for_support
def show_account(request: HttpRequest, by: Actor, username: str) -> HttpResponse:
    """Show a learner with an account; one that was merged leads to the account that remains."""
    learner = get_learner(username=username, by=by)
    assert learner.username is not None  # noqa: S101  it was asked for by that
    if learner.username != username:
        return redirect(link_to_account(learner.username))
    shown = _picture(request, learner, by=by)
    account = get_account(username=learner.username)
    shown |= {"account": account}
    shown |= {"conflicts": list_conflicts(account_id=learner.account_id, by=by)}
    shown |= _show_private(learner, account, by=by)
    shown |= {"may": _list_permissions(by), "asked": request.GET.get("q", "")}
    shown |= {"of": f"username={learner.username}", "heading": learner.username}
    return render(request, "support/learner.html", shown)


@for_support
def show_student(request: HttpRequest, by: Actor, organization: str, key: str) -> HttpResponse:
    """Show somebody by student key."""
    return _show_named(request, by, read_name({"organization": organization, "key": key}))


@for_support
def show_named(request: HttpRequest, by: Actor) -> HttpResponse:
    """Show somebody by whatever name the query says."""
    return _show_named(request, by, read_name(read_given(request)))


def _show_named(request: HttpRequest, by: Actor, name: IdentityName) -> HttpResponse:
    """Show somebody who waits; whose name is an account's already is shown with all of it."""
    learner = get_named_learner(name=name, by=by)
    if learner.username is not None:
        return redirect(link_to_account(learner.username))
    shown = _picture(request, learner, by=by)
    (only,) = shown["names"]
    called: NameOfLearner = only["name"]
    shown |= {"name": called, "of": only["query"], "heading": called.value}
    shown |= {"kind": only["kind"]}
    may_write = has_permission(
        by, Permission.ENROLLMENTS_WRITE, organization_id=name.organization_id
    )
    may_link = has_permission(by, Permission.IDENTITIES_LINK, organization_id=name.organization_id)
    made = bool(shown["picture"].program_enrollments or shown["picture"].seats)
    shown |= {"may": {"withdraw": may_write and made, "link": may_link}, "is_made": made}
    shown |= {"asked": request.GET.get("q", "")}
    return render(request, "support/waiting.html", shown)


def _picture(request: HttpRequest, learner: Learner, *, by: Actor) -> dict[str, Any]:
    names = list_names_of_learner(learner=learner, by=by)
    shown: dict[str, Any] = {
        "picture": picture_learner(learner=learner, by=by),
        "names": _show_names(names, by=by),
        **WORDS,
    }
    course_run = request.GET.get("course_run", "").strip()
    if course_run:
        shown["course_run"] = course_run
        explained = explain_seat(learner=learner, course_run=course_run, by=by)
        hindrances = [each for grant in explained.grants for each in grant.hindrances]
        shown |= {"explained": explained, "hindered_by": dict.fromkeys(hindrances)}
    return shown


def _show_names(names: Sequence[NameOfLearner], *, by: Actor) -> list[dict[str, Any]]:
    permitted = list_permitted_organizations(by, Permission.IDENTITIES_LINK)
    actors = name_actors(each.bound_by for each in names if each.bound_by)
    return [
        {
            "name": each,
            "kind": KINDS[each.kind],
            "by": actors.get(each.bound_by, ""),
            "may_unlink": each.kind != Kind.ACCOUNT
            and (permitted is None or each.organization_id in permitted),
            "query": query_of_name(
                kind=each.kind, organization=each.organization, value=each.value
            ),
        }
        for each in names
    ]


def _show_private(learner: Learner, account: Account, *, by: Actor) -> dict[str, Any]:
    """Return what is for those who support everywhere: addresses, sign-ons, who has looked."""
    if not has_permission(by, Permission.ENROLLMENTS_READ):
        return {"sees_all": False}
    schools = list_joined(account_id=account.pk, by=by)
    titles = {each.slug: each.title for each in schools}
    lacks = list_lacks(learner=learner, by=by) or ()
    return {
        "sees_all": True,
        "lacks": [tell_lack(each.code, titles.get(each.what, each.what)) for each in lacks],
        "schools": schools,
        "looks": list_masquerades(account=account, by=by, limit=LOOKS_SHOWN),
    }


def _list_permissions(by: Actor) -> dict[str, bool]:
    return {
        "link": True,
        "look": has_permission(by, Permission.ACCOUNTS_MASQUERADE),
        "merge": has_permission(by, Permission.ACCOUNTS_MERGE),
        "retire": has_permission(by, Permission.ACCOUNTS_RETIRE),
    }
