"""Telling somebody their history: each thing that happened as a sentence, and who did it."""

from django.utils.translation import gettext as _

from matricula.lms.catalog.api import MODE_TITLES
from matricula.lms.learners.api import Author, Episode
from matricula.lms.pages.saying import STATUSES


def tell_episode(episode: Episode) -> str:
    """Return what happened, as a sentence that names nobody else."""
    return _TELLERS[episode.subject](episode)


def say_author(episode: Episode) -> str:
    """Return on whose side it was done, to stand after "by"."""
    if episode.author is Author.SCHOOL:
        return episode.school or _("your school")
    return {
        Author.YOU: _("you"),
        Author.MAIL: _("you, with the link in our mail"),
        Author.SIGN_ON: _("you, when you signed in with your school"),
        Author.SUPPORT: _("support"),
        Author.PLATFORM: _("the platform"),
    }[episode.author]


def _tell_name(episode: Episode) -> str:
    if episode.kind == "email":
        said = {"address": episode.value}
        if episode.via is None:
            return _("What is made for %(address)s is no longer yours.") % said
        return _("What is made for %(address)s became yours.") % said
    said = {"key": episode.value, "school": episode.school}
    if episode.via is None:
        return _("The student key %(key)s of %(school)s is no longer yours.") % said
    return _("The student key %(key)s of %(school)s became yours.") % said


def _tell_program(episode: Episode) -> str:
    was, now = episode.status
    said = {"program": episode.program, "was": _title(was), "now": _title(now)}
    if episode.action == "deleted":
        return _("Your enrollment in %(program)s was removed.") % said
    if episode.action == "created":
        return _("You came into %(program)s, with the status %(now)s.") % said
    if was != now:
        return _("Your status in %(program)s changed from %(was)s to %(now)s.") % said
    return _("Your enrollment in %(program)s was changed.") % said


def _tell_course(episode: Episode) -> str:
    was, now = episode.is_active
    modes = [MODE_TITLES.get(mode or "", "") for mode in episode.mode]
    said = {"course": _name_course(episode), "was": modes[0], "now": modes[1]}
    if now and not was:
        if episode.action == "created":
            return _("You were enrolled in %(course)s, mode %(now)s.") % said
        return _("You were put back into %(course)s, mode %(now)s.") % said
    if was and not now:
        return _("You were taken out of %(course)s.") % said
    if episode.action == "created":
        return _("You were named for %(course)s, without a place in it yet.") % said
    if modes[0] != modes[1] and episode.action == "changed":
        return _("Your mode in %(course)s changed from %(was)s to %(now)s.") % said
    return _("Your enrollment in %(course)s was changed.") % said


def _name_course(episode: Episode) -> str:
    if not episode.program:
        return episode.course or ""
    return _("%(course)s (%(program)s)") % {"course": episode.course, "program": episode.program}


def _tell_role(episode: Episode) -> str:
    said = {"course": episode.course}
    if episode.action == "deleted":
        return _("You are no longer staff of %(course)s.") % said
    return _("You were made staff of %(course)s.") % said


def _title(status: str | None) -> str:
    return str(STATUSES[status].title) if status else ""


_TELLERS = {
    "identity": _tell_name,
    "program_enrollment": _tell_program,
    "course_enrollment": _tell_course,
    "course_role": _tell_role,
}
