"""Wording for staff: statuses, ways, kinds, what hinders and what lacks, each in plain words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.accounts.api import map_usernames
from matricula.lms.catalog.api import MODE_TITLES
from matricula.lms.course_enrollments.api import Hindrance
from matricula.lms.learners.api import Match

TITLES = {
    "enrolled": gettext_lazy("Enrolled"),
    "pending": gettext_lazy("Pending"),
    "suspended": gettext_lazy("Suspended"),
    "canceled": gettext_lazy("Canceled"),
    "ended": gettext_lazy("Ended"),
    "active": gettext_lazy("Active"),
    "inactive": gettext_lazy("Inactive"),
}
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
HINDRANCES = {
    Hindrance.INACTIVE: gettext_lazy("the course enrollment is inactive"),
    Hindrance.SUSPENDED: gettext_lazy("the program enrollment is suspended"),
    Hindrance.CANCELED: gettext_lazy("the program enrollment is canceled"),
    Hindrance.WAITING: gettext_lazy("no account has proven the name yet"),
    Hindrance.RETIRED: gettext_lazy("the person is retired"),
}
REMEDIES = {
    Hindrance.INACTIVE: gettext_lazy(
        "Whoever made the course enrollment can make it active: the school by a roster of courses."
    ),
    Hindrance.SUSPENDED: gettext_lazy(
        "The school keeps them out of the program, and can let them back in by a roster."
    ),
    Hindrance.CANCELED: gettext_lazy(
        "The school has taken them out of the program, and can enroll them again by a roster."
    ),
    Hindrance.WAITING: gettext_lazy(
        "It works as soon as they prove the name, or you link it to their account."
    ),
    Hindrance.RETIRED: gettext_lazy("The person was erased: nothing is to be done."),
}
LACKS = {
    "account-closed": gettext_lazy("Nobody can sign in to the account: it is closed."),
    "address-unproven": gettext_lazy(
        "Nobody has followed the link that was mailed to %(what)s. They can have another one sent "
        "from their page of addresses."
    ),
    "address-elsewhere": gettext_lazy(
        "What was made for %(what)s is with another account: find that address, and decide."
    ),
    "address-coming": gettext_lazy("What was made for %(what)s comes within minutes."),
    "sign-on-unsettled": gettext_lazy(
        "What %(what)s said of them could not be taken up yet. It is tried again by itself."
    ),
    "sign-on-no-key": gettext_lazy(
        "%(what)s sends no student key of theirs. The school has to send it."
    ),
    "sign-on-unusable-key": gettext_lazy(
        "%(what)s sends a student key that cannot be one. The school has to mend it."
    ),
    "sign-on-conflict": gettext_lazy(
        "The student key that %(what)s sends is another account's: decide the conflict, or merge "
        "the two accounts."
    ),
    "sign-on-changed": gettext_lazy(
        "%(what)s sends another student key than before. If it is right, link it to the account."
    ),
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

WORDS: Mapping[str, Mapping[Any, Any] | set[str]] = {
    "titles": TITLES,
    "statuses": STATUSES,
    "good": GOOD,
    "modes": MODE_TITLES,
    "vias": VIAS,
    "hindrances": HINDRANCES,
    "remedies": REMEDIES,
}
"""What pages about a learner word data by."""


def tell_lack(code: str, what: str) -> str:
    """Return what a learner lacks and what to do about it, of an address or a school's sign-on."""
    return str(LACKS[code]) % {"what": what}


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
