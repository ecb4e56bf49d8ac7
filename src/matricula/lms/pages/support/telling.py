"""Telling a learner's ledger: what happened, in a sentence, and what it was before and after."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.catalog.api import MODE_TITLES
from matricula.lms.changes.api import Change
from matricula.lms.pages.support.wording import KINDS, TITLES, VIAS

Fields = Mapping[str, Any]

SHOWN = {
    "username": gettext_lazy("account"),
    "bound_via": gettext_lazy("bound by"),
    "value": gettext_lazy("name"),
    "retired_at": gettext_lazy("retired"),
    "status": gettext_lazy("status"),
    "curriculum_uuid": gettext_lazy("curriculum"),
    "mode": gettext_lazy("mode"),
    "is_active": gettext_lazy("active"),
    "role": gettext_lazy("role"),
}
"""Fields that say something to staff, of any table."""
ROLES = {"staff": gettext_lazy("staff")}
WORDED: Mapping[str, Mapping[str, Any]] = {
    "bound_via": VIAS,
    "status": TITLES,
    "mode": MODE_TITLES,
    "role": ROLES,
}
"""Fields that hold one of a few words."""


def tell_change(change: Change) -> dict[str, Any]:
    """Return a change as the page shows it: a sentence, and rows of before and after."""
    return {
        "change": change,
        "sentence": SENTENCES[change.subject](change),
        "fields": _list_fields(change.before or {}, change.after or {}),
    }


def _list_fields(before: Fields, after: Fields) -> list[tuple[str, str, str]]:
    return [
        (str(label), _word(field, before.get(field)), _word(field, after.get(field)))
        for field, label in SHOWN.items()
        if before.get(field) != after.get(field)
    ]


def _word(field: str, value: object) -> str:
    if field == "retired_at" or isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return _("nothing")
    return str(WORDED.get(field, {}).get(str(value), value))


def _tell_identity(change: Change) -> str:
    said = {
        "name": _call(change),
        "account": (change.after or {}).get("username") or "",
        "former": (change.before or {}).get("username") or "",
    }
    return _choose_words(change.before, change.after or {}) % said


def _choose_words(before: Fields | None, after: Fields) -> str:
    holder = after.get("account_id")
    if after.get("retired_at"):
        return _("%(name)s was erased, with the person")
    if before is None:
        new = _("%(name)s was first heard of, and waits")
        return new if holder is None else _("%(name)s was first heard of, as %(account)s's")
    former = before.get("account_id")
    if former == holder:
        return _("%(name)s was changed")
    if holder is None:
        return _("%(name)s was taken from %(former)s, and waits")
    moved = _("%(name)s was moved from %(former)s to %(account)s")
    return _("%(name)s was bound to %(account)s") if former is None else moved


def _call(change: Change) -> str:
    said = change.after or change.before or {}
    kind, value = said.get("kind", ""), said.get("value", "")
    organization = said.get("organization")
    of_school = f"{organization} {value}" if organization else str(value)
    return f"{KINDS.get(kind, kind)} {of_school}"


def _tell_program(change: Change) -> str:
    said = _about(change)
    before, after = change.before or {}, change.after or {}
    if change.action == "created":
        return _("Enrolled in program %(program)s: %(status)s") % said
    if change.action == "deleted":
        return _("Taken out of program %(program)s, where the status was %(status)s") % said
    if before.get("status") == after.get("status"):
        return _("Changed in program %(program)s") % said
    said["former"] = _word("status", before.get("status"))
    return _("In program %(program)s: from %(former)s to %(status)s") % said


def _tell_course(change: Change) -> str:
    said = _about(change)
    if change.action == "created":
        return _("Given course run %(course_run)s %(through)s: %(mode)s, %(activity)s") % said
    if change.action == "deleted":
        return _("Course run %(course_run)s was taken away %(through)s") % said
    return _("In course run %(course_run)s %(through)s: now %(mode)s, %(activity)s") % said


def _tell_role(change: Change) -> str:
    said = _about(change)
    if change.action == "deleted":
        return _("No longer %(role)s of course run %(course_run)s") % said
    return _("Made %(role)s of course run %(course_run)s") % said


def _about(change: Change) -> dict[str, Any]:
    said = change.after or change.before or {}
    program = said.get("program")
    return {
        "program": program or "?",
        "status": _word("status", said.get("status")),
        "course_run": said.get("course_run", "?"),
        "mode": _word("mode", said.get("mode")),
        "role": _word("role", said.get("role")),
        "activity": _("active") if said.get("is_active") else _("inactive"),
        "through": _("through program %(program)s") % {"program": program}
        if program
        else _("directly"),
    }


SENTENCES: Mapping[str, Callable[[Change], str]] = {
    "identity": _tell_identity,
    "program_enrollment": _tell_program,
    "course_enrollment": _tell_course,
    "course_role": _tell_role,
}
