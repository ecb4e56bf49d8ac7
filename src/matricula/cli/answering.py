"""Showing the answers to a roster: as one JSON object, or as counts and the rows that matter."""

import sys
from typing import ClassVar

import msgspec

from matricula.cli.showing import say, show_table
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import Action, strip_key
from matricula.lms.rosters.api import Answer, Answers

FIRST = 20
"""Rows of a kind that are shown to people."""


class RowAnswer(msgspec.Struct, gc=False):
    """A row of the JSON output."""

    line: int
    student_key: str
    course_id: str | msgspec.UnsetType
    action: Action
    verdict: str
    reason: str


class AnswersAsJson:
    """Prints one JSON object while the answers come, so that no number of them is too many."""

    def __init__(self) -> None:
        """Print nothing before the first answer."""
        self._encode = msgspec.json.Encoder().encode
        self._before = '{"rows": ['

    def add(self, answer: Answer) -> None:
        """Print a row."""
        row, judged = answer.row, answer.judgement
        course_id = row.course_id.strip() if isinstance(row, CourseRow) else msgspec.UNSET
        shown = RowAnswer(
            judged.line,
            strip_key(row.student_key),
            course_id,
            judged.action,
            judged.verdict,
            judged.reason,
        )
        sys.stdout.write(self._before + self._encode(shown).decode())
        self._before = ",\n"

    def end(self, answers: Answers, *, name: str, program: ProgramOutline) -> None:
        """Print the rest of the object."""
        del name, program  # whoever reads JSON has asked for them
        counts: dict[str, int] = {}
        for (_, verdict), number in answers.verdicts.items():
            counts[verdict] = counts.get(verdict, 0) + number
        rest = {"counts": counts, "applied": answers.is_applied}
        sys.stdout.write("],\n" + self._encode(rest).decode().removeprefix("{") + "\n")


class AnswersInWords:
    """Keeps the first rows that matter, and prints counts and them at the end."""

    HEADINGS: ClassVar = {
        Action.CREATE: "To be created",
        Action.UPDATE: "To be changed",
        Action.REFUSE: "Refused",
    }

    def __init__(self, *, is_plan: bool) -> None:
        """Show rows that are refused, and those of a plan that would be written."""
        self._is_plan = is_plan
        shown = list(self.HEADINGS) if is_plan else [Action.REFUSE]
        self._kept: dict[Action, list[Answer]] = {action: [] for action in shown}

    def add(self, answer: Answer) -> None:
        """Keep a row if it is to be shown."""
        kept = self._kept.get(answer.judgement.action)
        if kept is not None and len(kept) < FIRST:
            kept.append(answer)

    def end(self, answers: Answers, *, name: str, program: ProgramOutline) -> None:
        """Print counts and rows."""
        say(f"{name}: {answers.count:,} rows for program {program.key}.")
        counted = sorted(answers.verdicts.items())
        show_table(
            ("action", "verdict", "rows"),
            [(action.value, verdict, f"{rows:,}") for (action, verdict), rows in counted],
        )
        for action, kept in self._kept.items():
            self._show_rows(action, kept, answers)
        if self._is_plan:
            say("\nThis is a plan: nothing was written.")
        elif not answers.is_applied:
            say("\nNothing was written, because rows are refused and --atomic was asked for.")

    def _show_rows(self, action: Action, kept: list[Answer], answers: Answers) -> None:
        if not kept:
            return
        say(f"\n{self.HEADINGS[action]}:")
        show_table(
            ("line", "student key", "course", "verdict", "reason")
            if answers.layout.is_course_roster
            else ("line", "student key", "verdict", "reason"),
            [_cells(answer) for answer in kept],
        )
        if more := answers.actions[action] - len(kept):
            say(f"and {more:,} more; --result writes all.")


def _cells(answer: Answer) -> list[str]:
    row, judged = answer.row, answer.judgement
    course = [_printable(row.course_id)] if isinstance(row, CourseRow) else []
    key = _printable(row.student_key)
    return [str(judged.line), key, *course, judged.verdict, _printable(judged.reason)]


def _printable(text: str) -> str:
    """Keep a terminal from obeying what stands in a file."""
    return "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text.strip()
    )
