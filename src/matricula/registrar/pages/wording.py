"""Wording: statuses, states, kinds and roles in words, each with a sign that goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matricula.registrar.jobs.api import Job, JobState

GOOD, BAD = "good", "bad"
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of something, and how it is marked beside."""

    words: Words
    mark: str = ""
    meaning: Words = ""


STATUSES: Mapping[str, Word] = {
    "enrolled": Word(_("enrolled"), GOOD, _("studies, and gets into the courses")),
    "pending": Word(_("pending"), "", _("admitted, not confirmed yet; gets into the courses")),
    "suspended": Word(_("suspended"), BAD, _("kept out of the courses for now")),
    "canceled": Word(_("canceled"), BAD, _("no longer in the program")),
    "ended": Word(_("ended"), "", _("through with it, and keeps the courses")),
    "active": Word(_("active"), GOOD),
    "inactive": Word(_("inactive"), BAD),
}
"""In the order in which they are listed; those of programs first."""

STATES: Mapping[str, Word] = {
    JobState.PENDING: Word(_("waits to begin")),
    JobState.IN_PROGRESS: Word(_("is being done")),
    JobState.RETRYING: Word(_("will be tried again"), BAD),
    JobState.SUCCEEDED: Word(_("done"), GOOD),
    JobState.FAILED: Word(_("failed"), BAD),
}
CANCELED = Word(_("canceled"), BAD)
PLANNED = Word(_("ready"), GOOD)
WAITS = Word(_("waits for a second person"), BAD)

KINDS: Mapping[str, Words] = {
    "list_program_enrollments": _("Download of program enrollments"),
    "list_course_run_enrollments": _("Download of course enrollments"),
    "list_all_course_run_enrollments": _("Download of all course enrollments"),
    "get_course_run_grades": _("Download of grades"),
    "write_program_enrollments": _("Upload of program enrollments"),
    "write_course_run_enrollments": _("Upload of course enrollments"),
    "plan_program_enrollments": _("Plan for program enrollments"),
    "plan_course_run_enrollments": _("Plan for course enrollments"),
    "plan_undo": _("Plan to undo an upload"),
    "undo_enrollments": _("Undo of an upload"),
}

ROLES: Mapping[str, Word] = {
    "read_metadata": Word(
        _("Sees programs"), meaning=_("Sees that the programs exist, and their courses.")
    ),
    "read_enrollments": Word(
        _("Reads enrollments"),
        meaning=_("Finds students, and downloads who studies what and with which grades."),
    ),
    "read_write_enrollments": Word(
        _("Registrar"),
        meaning=_(
            "Reads enrollments, changes them by uploads, and decides on what others upload."
        ),
    ),
    "read_reports": Word(_("Reads reports"), meaning=_("Downloads the reports of programs.")),
    "administrator": Word(
        _("Administrator"),
        meaning=_("Does all there is to do in all programs, and gives and takes roles."),
    ),
}


def word_status(status: str) -> Word:
    """Return a status in words; one that is not known here is its own."""
    return STATUSES.get(status, Word(status))


def word_state(job: Job) -> Word:
    """Return how a job stands, in words."""
    if job.state == JobState.FAILED and job.failure_code == "canceled":
        return CANCELED
    if job.state == JobState.PENDING and job.failure_code == "waits-for-approval":
        return WAITS
    if job.state == JobState.SUCCEEDED and job.kind.startswith("plan_"):
        return PLANNED
    return STATES[job.state]


def word_kind(kind: str) -> Words:
    """Return what a kind of job is called."""
    return KINDS.get(kind, kind)


def sort_counts(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts by status in the order in which statuses are listed."""
    order = list(STATUSES)
    known = [(status, counts[status]) for status in order if status in counts]
    return [*known, *sorted((each, counts[each]) for each in counts if each not in order)]
