"""Replaying: each day's roster, sign-ons and results, through the operations anybody uses.

Registrations only create and withdrawals only update, so what a former replay has written is left
alone; and the roster of a day is one transaction. So a replay that was killed is finished by
another, and one of what is stored already changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from matricula.cli.oulad.cataloging import run_key
from matricula.cli.oulad.reading import PASSING, Dataset, Presentation, Registration
from matricula.cli.oulad.scheduling import Day, map_account_days
from matricula.lms.accounts.api import NewAccount, create_accounts, map_account_ids
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow, write_program_course_enrollments
from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.identities.api import Claim, Via, bind_identities, student_key
from matricula.lms.kernel.api import Action, Actor, Conflict, Judgement, Verdict, WriteMode
from matricula.lms.program_enrollments.api import ProgramRow, write_program_enrollments


class RosterRefused(Conflict):
    """What is stored stands against a row of the dataset; it was changed by somebody else."""

    code = "roster-refused"


class Replay:
    """A replay under way: where the students stand, and what was written so far.

    ``written`` counts what was new or changed, by what it is.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        program: ProgramOutline,
        run_ids: Mapping[Presentation, int],
        registrar: Actor,
        sign_on: Actor,
    ) -> None:
        """Begin before the first day."""
        self.written: Counter[str] = Counter()
        self._program = program
        self._run_ids = run_ids
        self._registrar = registrar
        self._sign_on = sign_on
        self._studying: defaultdict[int, set[Presentation]] = defaultdict(set)
        self._account_ids: dict[int, int] = {}
        self._newcomers = _group_by_day(map_account_days(dataset.registrations))
        self._results: defaultdict[Presentation, list[tuple[int, str]]] = defaultdict(list)
        for registration, result in zip(dataset.registrations, dataset.results, strict=True):
            if result is not None:
                self._results[registration.presentation].append((registration.student, result))

    def replay_day(self, day: Day) -> None:
        """Do what is to be done on a day.

        Raises:
            RosterRefused: a row of the roster is refused; nothing of the roster is written.
        """
        with transaction.atomic():
            self._write_registrations(day)
            self._write_withdrawals(day)
        if day.starting and day.date is not None:
            self._sign_students_on(self._newcomers.get(day.date, ()), day)
        for presentation in day.ending:
            self._record_results(presentation, day)

    def _write_registrations(self, day: Day) -> None:
        """Admit who was never there, enroll in the runs, and enroll again who had left."""
        lines = {each.student: each.line for each in reversed(day.registrations)}
        new = {student: line for student, line in lines.items() if student not in self._studying}
        self._write_statuses(new, "enrolled", WriteMode.CREATE, day)
        written = self._write_courses(day.registrations, "active", WriteMode.CREATE, day)
        back = {each.student: each.line for each in written if self._has_left(each.student)}
        self._write_statuses(back, "enrolled", WriteMode.UPDATE, day)
        for each in day.registrations:
            self._studying[each.student].add(each.presentation)

    def _write_withdrawals(self, day: Day) -> None:
        """Leave the runs, and cancel the program for those who are in none any more."""
        written = self._write_courses(day.withdrawals, "inactive", WriteMode.UPDATE, day)
        for each in day.withdrawals:
            self._studying[each.student].discard(each.presentation)
        gone = {each.student: each.line for each in written if not self._studying[each.student]}
        self._write_statuses(gone, "canceled", WriteMode.UPDATE, day)

    def _has_left(self, student: int) -> bool:
        return student in self._studying and not self._studying[student]

    def _write_statuses(
        self, lines: Mapping[int, int], status: str, mode: WriteMode, day: Day
    ) -> None:
        rows = [ProgramRow(line, str(student), status) for student, line in lines.items()]
        judgements = write_program_enrollments(
            program=self._program,
            rows=rows,
            mode=mode,
            by=self._registrar,
            at=day.at,
            reason=day.reason,
        )
        self._count(judgements, "program enrollments", mode, day)

    def _write_courses(
        self, registrations: Sequence[Registration], status: str, mode: WriteMode, day: Day
    ) -> list[Registration]:
        """Return the registrations of which something was written."""
        rows = [
            CourseRow(each.line, each.key, run_key(each.presentation), status)
            for each in registrations
        ]
        judgements = write_program_course_enrollments(
            program=self._program,
            rows=rows,
            mode=mode,
            by=self._registrar,
            at=day.at,
            reason=day.reason,
        )
        self._count(judgements, "course enrollments", mode, day)
        return [
            registration
            for registration, judgement in zip(registrations, judgements, strict=True)
            if judgement.action in {Action.CREATE, Action.UPDATE}
        ]

    def _count(
        self, judgements: Iterable[Judgement], what: str, mode: WriteMode, day: Day
    ) -> None:
        for judged in judgements:
            if judged.action in {Action.CREATE, Action.UPDATE}:
                self.written[f"{what} {judged.action}d"] += 1
            elif judged.action is Action.REFUSE and not _is_stored(judged, mode):
                message = f"{day.reason}: line {judged.line}: {judged.verdict}: {judged.reason}."
                raise RosterRefused(message)

    def _sign_students_on(self, students: Sequence[int], day: Day) -> None:
        """Make accounts for those who have none, and have the school say whose key is whose."""
        names = {student: username_of(student) for student in students}
        ids = map_account_ids(usernames=names.values())
        drafts = [
            NewAccount(username=name, email="") for name in names.values() if name not in ids
        ]
        made = create_accounts(accounts=drafts, at=day.at)
        ids |= {account.username: account.pk for account in made}
        self._account_ids |= {student: ids[name] for student, name in names.items()}
        organization_id = self._program.organization_id
        answers = bind_identities(
            claims=[
                Claim(student_key(str(student), organization_id=organization_id), ids[name])
                for student, name in names.items()
            ],
            via=Via.SIGN_ON,
            by=self._sign_on,
            at=day.at,
            reason=f"replay: first day of {', '.join(run_key(each) for each in day.starting)}",
        )
        self.written["accounts created"] += len(made)
        self.written.update(f"student keys {answer.outcome}" for answer in answers)

    def _record_results(self, presentation: Presentation, day: Day) -> None:
        results = self._results[presentation]
        grades = [
            EarnedGrade(account_id, self._run_ids[presentation], result, PASSING[result])
            for student, result in results
            if (account_id := self._account_ids.get(student)) is not None
        ]
        self.written["grades recorded"] += record_grades(
            grades=grades, by=self._registrar, at=day.at
        )


def username_of(student: int) -> str:
    """Return the username that a student gets."""
    return f"ou{student}"


def _group_by_day(days: Mapping[int, date]) -> dict[date, list[int]]:
    grouped: defaultdict[date, list[int]] = defaultdict(list)
    for student, day in days.items():
        grouped[day].append(student)
    return dict(grouped)


def _is_stored(judged: Judgement, mode: WriteMode) -> bool:
    """Tell whether a row is refused because a former replay has created it."""
    return mode is WriteMode.CREATE and judged.verdict == Verdict.CONFLICT
