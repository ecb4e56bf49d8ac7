"""Wording: what is said of rows, and why they are refused, in words for people."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from matricula.registrar.jobs.api import Job, JobState
from matricula.registrar.pages.uploading.standing import Standing
from matricula.registrar.pages.wording import BAD, GOOD, WAITS, Word, Words, word_status
from matricula.registrar.uploads.api import MISSING, OtherSeparator
from matricula.service.refusals import Refusal

PLANNED: Mapping[str, Word] = {
    "refuse": Word(_("refused"), BAD, _("would not be done; each row says why")),
    "create": Word(_("new"), GOOD, _("not there yet, and would be added")),
    "update": Word(_("changed"), "", _("there, and would become something else")),
    "undo": Word(_("put back"), "", _("would become what it was before")),
    "unchanged": Word(_("unchanged"), "", _("as the row says already")),
    MISSING: Word(_("not in the file"), "", _("stay as they are")),
}
"""What a plan would do with rows, in the order in which it is told."""

DONE: Mapping[str, Word] = {
    "refuse": Word(_("refused"), BAD, _("not done; each row says why")),
    "unknown": Word(_("not known"), BAD, _("may have been written; send them again")),
    "skip": Word(_("not reached"), BAD, _("not written; send them again")),
    "create": Word(_("new"), GOOD, _("were not there, and were added")),
    "update": Word(_("changed"), GOOD, _("were there, and have become something else")),
    "undo": Word(_("put back"), GOOD, _("are what they were before")),
    "write": Word(_("written"), GOOD, _("are as the rows say")),
    "unchanged": Word(_("unchanged"), "", _("were as the rows say already")),
}
"""What was done with them."""

REFUSALS: Mapping[str, Words] = {
    "invalid-row": _("The row has more values than the header has columns."),
    "invalid-key": _("The student key is blank, too long, or has signs that no key has."),
    "duplicated": _("Another row of the file is about the same; none of them counts."),
    "invalid-status": _("The status is none of those that there are."),
    "invalid-curriculum": _("The program has no active curriculum."),
    "invalid-course-staff": _("course_staff is neither true, nor false, nor left out."),
    "course-not-found": _("The program has no such course, or several go by that name."),
    "not-in-program": _("The student is not in the program: enroll them in it first."),
    "not-found": _("There is no such enrollment."),
    "conflict": _("It is there already, or stands against something else."),
    "changed-since": _("Somebody has changed it since; it is left as it is now."),
    "depended-on": _("Something else depends on it now; it is left as it is."),
    "internal-error": _("The row has no answer."),
}

TO_BE_DONE: Mapping[str, Words] = {
    "missing-columns": _("Give the columns these names, in the first line of the file."),
    "repeated-columns": _("Leave one of them, and take the others out."),
    "empty-upload": _("Choose the file that has your rows."),
    "wrong-encoding": _("In a spreadsheet, choose “Save as” and the format “CSV UTF-8”."),
    "binary-roster": _("In a spreadsheet, choose “Save as” and the format “CSV UTF-8”."),
    "unclosed-quote": _("Close the quotation mark, or take it out."),
    "malformed-line": _("Mend that line in a text editor, or save the file anew as CSV."),
    "line-too-long": _("Each row has to stand on a line of its own."),
    "job-in-progress": _("Wait until it has ended, then send your file again."),
}
"""What whoever sent a file that was not taken can do about it, by the refusal's code."""


STANDINGS: Mapping[Standing, Word] = {
    Standing.READY: Word(_("ready to be applied"), GOOD),
    Standing.NOTHING: Word(_("nothing to apply")),
    Standing.WAITS_FOR_OTHERS: WAITS,
    Standing.WAITS_FOR_YOU: WAITS,
    Standing.EXPIRED: Word(_("too old")),
    Standing.DISCARDED: Word(_("thrown away")),
    Standing.STALE: Word(_("out of date"), BAD),
}
"""What a plan that is made has come to."""

UNDONE = Word(_("undone"))
APPLIED = Word(_("applied"), GOOD)
NOT_APPLIED = Word(_("not applied"), BAD)
BEING_APPLIED = Word(_("is being applied"))


def word_applying(job: Job) -> Word:
    """Return what a plan has come to by the job that applies it."""
    ended = {JobState.SUCCEEDED: APPLIED, JobState.FAILED: NOT_APPLIED}
    return ended.get(JobState(job.state), BEING_APPLIED)


OTHER_SEPARATOR = _(
    "Save it with commas. Excel takes what the regional settings of the computer call the list "
    "separator; LibreOffice asks for it; Google Sheets always writes commas."
)


def advise(refusal: Refusal) -> Words:
    """Return what can be done about a file that was not taken; blank if nothing is known."""
    if isinstance(refusal, OtherSeparator):
        return OTHER_SEPARATOR
    return TO_BE_DONE.get(refusal.code, "")


def word_refusal(verdict: str) -> Words:
    """Return why rows are refused; a verdict that is not known here is its own."""
    return REFUSALS.get(verdict, verdict)


def word_standing(standing: str, *, is_of_course: bool) -> Words:
    """Return what a student has before or after, as a plan tells it."""
    if standing:
        return word_status(standing).words
    return _("not in the course") if is_of_course else _("not in the program")
