"""Saying in words what is data: how somebody stands in a program, where a course comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.learners.api import SurveyedGrade, SurveyedGrant, SurveyedProgram

Words = str | Promise


@dataclass(frozen=True, slots=True)
class StatusWords:
    """A status in a word or two, what it means for the reader, and its tone, of style alone."""

    title: Words
    meaning: Words
    tone: str


STATUSES: Mapping[str, StatusWords] = {
    "enrolled": StatusWords(
        gettext_lazy("Enrolled"),
        gettext_lazy("You are in the program. Its courses are open to you."),
        "good",
    ),
    "pending": StatusWords(
        gettext_lazy("Admitted"),
        gettext_lazy(
            "You are admitted, and your school has still to confirm it. You can study meanwhile."
        ),
        "",
    ),
    "suspended": StatusWords(
        gettext_lazy("Suspended"),
        gettext_lazy(
            "Your school keeps you out for now: the courses of this program are closed to you. "
            "They are there again when it lets you back in. Ask your school about it."
        ),
        "bad",
    ),
    "canceled": StatusWords(
        gettext_lazy("Canceled"),
        gettext_lazy(
            "You are no longer in the program, and its courses are closed to you. If that is a "
            "mistake, tell your school."
        ),
        "bad",
    ),
    "ended": StatusWords(
        gettext_lazy("Ended"),
        gettext_lazy("You are through with the program, and keep its courses."),
        "",
    ),
}

IMPLICIT = StatusWords(
    gettext_lazy("Courses only"),
    gettext_lazy(
        "You take courses of this program; no school has enrolled you in the program itself."
    ),
    "",
)


def say_status(program: SurveyedProgram) -> StatusWords:
    """Return how somebody stands in a program, and what that means for them."""
    return IMPLICIT if program.basis == "implicit" else STATUSES[program.status]


def say_grade(grade: SurveyedGrade) -> str:
    """Return its letter and percent, as far as it has them; what is nearly passed stays below."""
    said = [grade.letter] if grade.letter else []
    if grade.percent is not None:
        said.append(_("%(percent)d%%") % {"percent": floor(grade.percent * 100)})
    return ", ".join(said)


def say_source(grant: SurveyedGrant) -> str:
    """Return where a course comes from, to stand after its title."""
    if grant.program is not None:
        if not grant.school:
            return _("through %(program)s") % {"program": grant.program}
        said = {"program": grant.program, "school": grant.school}
        return _("through %(program)s, %(school)s") % said
    if grant.kind == "student_key":
        return _("from %(school)s") % {"school": grant.school}
    if grant.kind == "email":
        return _("for your address %(address)s") % {"address": grant.value}
    return _("directly, for your account")


def say_why_not(grant: SurveyedGrant) -> str:
    """Return why a grant does not give the course, as a sentence; empty if it does."""
    if grant.effective:
        return ""
    if grant.status == "suspended":
        return _("Your school has suspended you from the program.")
    if grant.status == "canceled":
        return _("Your school has canceled your place in the program.")
    return _("Your place in this course was taken back.")
