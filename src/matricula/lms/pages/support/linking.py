"""Linking a name to an account, moving it to another one, and taking it away."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from matricula.lms.accounts.api import Account, get_account
from matricula.lms.identities.api import (
    IdentityName,
    NotBound,
    Outcome,
    UnknownIdentity,
    Via,
    bind_identity,
    get_identity,
    rebind_identity,
    unbind_identity,
)
from matricula.lms.kernel.api import Actor, NotFound
from matricula.lms.learners.api import Learner, Picture, picture_learner
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.confirming import (
    ChangedMeanwhile,
    Done,
    ask_again,
    confirm,
)
from matricula.lms.pages.support.introducing import introduce_account
from matricula.lms.pages.support.naming import (
    has_name,
    keep_given,
    link_to_account,
    link_to_name,
    read_given,
    read_name,
    word_for_name,
)
from matricula.lms.pages.support.wording import WORDS

NAMED_BY = ("organization", "key", "address")


@for_support
def link(request: HttpRequest, by: Actor) -> HttpResponse:
    """Link a name to an account, or move it there from the one that has it."""
    given = read_given(request)
    said = {"given": given}
    if not (given.get("username") and has_name(given)):
        return ask_again(request, "support/link.html", said)
    try:
        name, account = read_name(given), get_account(username=given["username"])
    except NotFound as refusal:
        return ask_again(request, "support/link.html", said, refusal)
    shown = {
        **describe_name(name, by=by),
        "account": introduce_account(account, by=by),
        "called": word_for_name(given),
        "hidden": keep_given(given, *NAMED_BY, "username"),
    }
    holder: Account | None = shown["held_by"]

    def do(reason: str) -> Done:
        require_unchanged(request, holder)
        return _link(name, account, holder, by=by, reason=reason), link_to_account(
            account.username
        )

    return confirm(request, "support/link_confirm.html", shown, do)


@for_support
def unlink(request: HttpRequest, by: Actor) -> HttpResponse:
    """Take a name from its account; what was made for it waits again."""
    given = read_given(request)
    name = read_name(given)
    shown = {
        **describe_name(name, by=by),
        "called": word_for_name(given),
        "hidden": keep_given(given, *NAMED_BY),
    }
    holder: Account | None = shown["held_by"]
    page = link_to_name(kind=name.kind, organization=given.get("organization"), value=name.value)
    if holder is None:
        messages.info(request, _("The name is no account's. There is nothing to take away."))
        return redirect(page)

    def do(reason: str) -> Done:
        require_unchanged(request, holder)
        _unlink(name, holder, by=by, reason=reason)
        return _("Taken from %(holder)s. It waits again.") % {"holder": holder.username}, page

    return confirm(request, "support/unlink.html", shown, do)


def describe_name(name: IdentityName, *, by: Actor) -> dict[str, Any]:
    """Return whose a name is, the username or empty too, and what was made for it."""
    try:
        identity = get_identity(name=name, by=by)
    except UnknownIdentity:
        nothing = Picture(account=None, identities=(), program_enrollments=(), seats=())
        shown = {"held_by": None, "holder": "", "is_unknown": True}
        return {**shown, "made": nothing, **WORDS}
    only = Learner(account_id=None, username=None, identity_id=identity.pk)
    holder = identity.account
    return {
        "held_by": holder,
        "holder": "" if holder is None else holder.username,
        "made": picture_learner(learner=only, by=by),
        **WORDS,
    }


def require_unchanged(request: HttpRequest, holder: Account | None) -> None:
    """Answer with silence if the name is still whose the page said it was.

    Raises:
        ChangedMeanwhile: it is not.
    """
    if request.POST.get("holder", "") != ("" if holder is None else holder.username):
        raise tell_changed()


def tell_changed() -> ChangedMeanwhile:
    """Return the refusal of what was decided about a name that has another holder by now."""
    return ChangedMeanwhile(
        _("The name has changed hands meanwhile. Look again; confirm if it is still right.")
    )


@transaction.atomic
def _unlink(name: IdentityName, holder: Account, *, by: Actor, reason: str) -> None:
    """Take the name; should it be another's by now, nothing is done."""
    try:
        former = unbind_identity(name=name, by=by, at=datetime.now(UTC), reason=reason)
    except NotBound as refusal:
        raise ChangedMeanwhile(str(refusal)) from None
    if former != holder.pk:
        raise tell_changed()


@transaction.atomic
def _move(
    name: IdentityName, account: Account, holder: Account, *, by: Actor, reason: str
) -> None:
    """Give the name of one to another; should it be a third's by now, nothing is done."""
    former = rebind_identity(
        name=name, account_id=account.pk, by=by, at=datetime.now(UTC), reason=reason
    )
    if former != holder.pk:
        raise tell_changed()


def _link(
    name: IdentityName, account: Account, holder: Account | None, *, by: Actor, reason: str
) -> str:
    if holder is not None:
        _move(name, account, holder, by=by, reason=reason)
        said = {"account": account.username, "holder": holder.username}
        return _("Moved from %(holder)s to %(account)s, with all that was made for it.") % said
    answer = bind_identity(
        name=name,
        account_id=account.pk,
        via=Via.STAFF,
        by=by,
        at=datetime.now(UTC),
        reason=reason,
    )
    if answer.outcome is Outcome.REFUSED:
        raise ChangedMeanwhile(
            _("Somebody else was linked to it just now. The attempt is kept as a conflict.")
        )
    said = {"account": account.username}
    return _("Linked to %(account)s, with all that was made for it.") % said
