"""Wording for staff: statuses, ways, kinds and actors, each in plain words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.accounts.api import map_usernames
from matricula.lms.learners.api import Match

STATUSES = {
    "enrolled": gettext_lazy("in the program"),
    "pending": gettext_lazy("admitted, not confirmed yet; may study"),
    "suspended": gettext_lazy("kept out for now; courses do not work"),
    "canceled": gettext_lazy("no longer in the program; courses do not work"),
    "ended": gettext_lazy("through with the program; courses go on working"),
    "active": gettext_lazy("in the course, on its own"),
    "inactive": gettext_lazy("let in, not enrolled"),
}
GOOD = {"enrolled", "pending", "ended", "active"}
KINDS = {
    "student_key": gettext_lazy("Student key"),
    "email": gettext_lazy("E-mail address"),
    "account": gettext_lazy("The account itself"),
}
VIAS = {
    "verified_email": gettext_lazy("a link mailed to the address"),
    "sign_on": gettext_lazy("signing in with the school"),
    "staff": gettext_lazy("staff"),
    "account": gettext_lazy("the account itself"),
}
MATCHES = {
    Match.USERNAME: gettext_lazy("that is the username"),
    Match.STUDENT_KEY: gettext_lazy("that is a student key"),
    Match.ADDRESS: gettext_lazy("that is a proven or waiting address"),
    Match.GIVEN_ADDRESS: gettext_lazy("the account gives that address, unproven"),
    Match.NAME: gettext_lazy("the name has these words"),
}
CHANNELS = {
    "command": gettext_lazy("at the command line"),
    "pages": gettext_lazy("on a page"),
    "support": gettext_lazy("on a page of support"),
    "admin": gettext_lazy("in the administration"),
    "rest": gettext_lazy("through an API"),
    "sign-on": gettext_lazy("by signing in with a school"),
    "worker": gettext_lazy("by a worker"),
}


def name_actors(actors: Iterable[str]) -> dict[str, str]:
    """Return who each actor of the ledger is, in words; one query."""
    told = set(actors)
    ids = {each: int(key) for each in told if (key := _find_key(each, "account")).isdigit()}
    usernames = map_usernames(account_ids=ids.values()) if ids else {}
    return {each: _name(each, usernames.get(ids.get(each, 0))) for each in told}


def _name(actor: str, username: str | None) -> str:
    if username is not None:
        return username
    if actor == "sign-on:mail":
        return _("a followed link in a mail")
    if school := _find_key(actor, "sign-on"):
        return _("the sign-on %(slug)s") % {"slug": school}
    if login := _find_key(actor, "operator"):
        return _("%(login)s, an operator") % {"login": login}
    if _find_key(actor, "server"):
        return _("another server of the platform")
    return actor


def _find_key(actor: str, kind: str) -> str:
    said, _colon, key = actor.partition(":")
    return key if said == kind else ""
