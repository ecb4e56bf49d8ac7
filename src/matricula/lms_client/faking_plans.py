"""Plans of the LMS in memory: made, applied as they were shown or not at all, and undone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO
from uuid import UUID, uuid4

import msgspec

from matricula.lms_client.faking import (
    FakeStore,
    Judged,
    Numbered,
    Stored,
    Written,
    not_found,
    read_rows,
    tell_row,
)
from matricula.lms_client.plan_records import Moved, Plan, PlanAnswer, Standing, Undoes
from matricula.lms_client.records import CourseRow, EnrollmentKind, Form, Mode, Program
from matricula.lms_client.refusals import LmsRefused, PlanStale

CONFLICT = 409
KEPT_FOR = timedelta(days=7)
UNDO_ACTIONS = ("undo", "unchanged", "refuse")
ACTIONS = ("create", "update", "unchanged", "refuse")
Grant = tuple[UUID, str, str]
"""Program, folded student key and course run of a grant."""


@dataclass
class FakePlan:
    """A plan, and what it was made of: rows of a roster, or what is to be taken back."""

    plan: Plan
    answers: list[PlanAnswer]
    rows: list[Numbered] = field(default_factory=list)
    undone: list[Written] = field(default_factory=list)


@dataclass
class FakePlans(FakeStore):
    """The part of an LMS in memory that is about plans.

    A long one is made and applied when it is asked for afterwards, as if a worker had been at it.
    """

    _plans: dict[UUID, FakePlan] = field(default_factory=dict)
    _plans_of_keys: dict[str, UUID] = field(default_factory=dict)

    def make_plan(
        self,
        program: str,
        file: IO[bytes],
        *,
        kind: EnrollmentKind,
        form: Form,
        mode: Mode = Mode.UPSERT,
        name: str = "",
        reason: str = "",
        key: str = "",
    ) -> Plan:
        """Have what is left of a file judged, row by row, and kept to be applied exactly so."""
        found = self._find_program(program)
        rows = read_rows(file.read(), kind, form)
        if key in self._plans_of_keys:
            return self._plans[self._plans_of_keys[key]].plan
        answers = self._answer_plan(found, rows, mode)
        made = _make(found, kind, answers, mode=mode, name=name, reason=reason)
        if key:
            self._plans_of_keys[key] = made.id
        return self._keep(FakePlan(made, answers, rows))

    def get_plan(self, plan: UUID) -> Plan:
        """Return how a plan stands."""
        kept = self._find_plan(plan)
        if kept.plan.state == "planning":
            kept.plan = msgspec.structs.replace(kept.plan, state="ready", planned=kept.plan.rows)
        elif kept.plan.state == "applying":
            self._apply(kept)
        return kept.plan

    def list_plan_answers(self, plan: UUID, *, action: str | None = None) -> Iterator[PlanAnswer]:
        """Return what a plan would do with each row, by line; or the rows of one action."""
        answers = self._find_plan(plan).answers
        return iter([each for each in answers if action in {None, each.action}])

    def apply_plan(self, plan: UUID, *, key: str = "") -> Plan:
        """Do what a plan shows, or nothing."""
        del key  # whatever it is, it is done once
        kept = self._find_plan(plan)
        state = kept.plan.state
        if state not in {"ready", "applying", "applied", "stale"}:
            raise _refuse("plan-not-ready", f"The plan is {state}.")
        if state == "ready" and kept.plan.rows > self.rows_at_once:
            kept.plan = msgspec.structs.replace(kept.plan, state="applying")
        elif state == "ready":
            self._apply(kept)
        if kept.plan.state == "stale":
            raise PlanStale(
                "Rows are no longer what the plan was made for.",
                status=CONFLICT,
                code="plan-stale",
                request_id="",
                moved_count=kept.plan.moved_count,
                moved=kept.plan.moved,
            )
        return kept.plan

    def discard_plan(self, plan: UUID) -> Plan:
        """Give up a plan that is not applied."""
        kept = self._find_plan(plan)
        if kept.plan.state in {"applying", "applied", "stale"}:
            raise _refuse("plan-not-ready", f"The plan is {kept.plan.state}.")
        kept.plan = msgspec.structs.replace(kept.plan, state="discarded")
        return kept.plan

    def undo_job(self, job: UUID, *, reason: str = "") -> Plan:
        """Make a plan that takes back what a job has written, as far as it still stands."""
        found = self._find_job(job)[0]
        undoes = Undoes(what="job", id=str(job))
        return self._make_undo(undoes, found.program, self._written.get(job), reason)

    def undo_plan(self, plan: UUID, *, reason: str = "") -> Plan:
        """Make a plan that takes back what an applied one has written; an undo, too."""
        found = self._find_plan(plan).plan
        undoes = Undoes(what="plan", id=str(plan))
        return self._make_undo(undoes, found.program, self._written.get(plan), reason)

    def undo_request(self, request_id: str, *, program: str, reason: str = "") -> Plan:
        """Make a plan that takes back what was written to a program under the id of a request."""
        found = self._find_program(program)
        written = self._requested.get((found.uuid, request_id))
        undoes = Undoes(what="request", id=request_id)
        return self._make_undo(undoes, found.key, written, reason)

    def _find_plan(self, uuid: UUID) -> FakePlan:
        if uuid not in self._plans:
            raise not_found(f"There is no plan {uuid}.")
        return self._plans[uuid]

    def _keep(self, made: FakePlan) -> Plan:
        if made.plan.rows > self.rows_at_once:
            made.plan = msgspec.structs.replace(made.plan, state="planning", planned=0)
        self._plans[made.plan.id] = made
        return made.plan

    def _answer_plan(self, program: Program, rows: list[Numbered], mode: Mode) -> list[PlanAnswer]:
        return [_tell_judged(each) for each in self._judge_all(program, rows, mode)]

    def _make_undo(
        self, undoes: Undoes, program: str, written: list[Written] | None, reason: str
    ) -> Plan:
        if not written:
            raise _refuse("nothing-to-undo", "It has written nothing that can be undone.")
        found = self._find_program(program)
        undone = sorted(written, key=lambda each: (each.folded, each.run))
        answers = self._answer_undo(undone)
        kind = (
            EnrollmentKind.PROGRAM_ENROLLMENTS
            if any(not each.run for each in undone)
            else EnrollmentKind.COURSE_ENROLLMENTS
        )
        made = _make(found, kind, answers, mode=None, name="", reason=reason, undoes=undoes)
        return self._keep(FakePlan(made, answers, undone=undone))

    def _answer_undo(self, undone: list[Written]) -> list[PlanAnswer]:
        going = {(each.program, each.folded, each.run) for each in undone if each.before is None}
        return [self._judge_undo(line, each, going) for line, each in enumerate(undone, start=1)]

    def _judge_undo(self, line: int, each: Written, going: set[Grant]) -> PlanAnswer:
        now, value = self._find_now(each), (each.after or each.before)
        action, verdict, reason = "undo", _word(each.before) or "removed", ""
        if _word(now) == _word(each.before):
            action = "unchanged"
        elif now != each.after:
            action, verdict, reason = "refuse", "changed-since", "changed since by account:0"
        elif each.before is None and not each.run and self._has_grants(each, going):
            action, verdict, reason = "refuse", "depended-on", "courses hang on it"
        return PlanAnswer(
            line=line,
            student_key=value.value if value else "",
            course=each.run,
            action=action,
            verdict=verdict,
            reason=reason,
            before=_word(now),
            after=_word(now if action == "refuse" else each.before),
        )

    def _find_now(self, each: Written) -> Stored | None:
        if each.run:
            return self._grants.get((each.program, each.folded, each.run))
        return self._students.get((each.program, each.folded))

    def _has_grants(self, each: Written, going: set[Grant]) -> bool:
        staying = self._grants.keys() - going
        return any((uuid, key) == (each.program, each.folded) for uuid, key, _ in staying)

    def _apply(self, kept: FakePlan) -> None:
        plan = kept.plan
        program = self._find_program(plan.program)
        now = (
            self._answer_plan(program, kept.rows, plan.mode or Mode.UPSERT)
            if plan.undoes is None
            else self._answer_undo(kept.undone)
        )
        moved = [
            Moved(line=was.line, student_key=was.student_key, planned=_stand(was), now=_stand(new))
            for was, new in zip(kept.answers, now, strict=True)
            if _stand(was) != _stand(new)
        ]
        if moved:
            kept.plan = msgspec.structs.replace(
                plan, state="stale", moved_count=len(moved), moved=moved[:100]
            )
            return
        if plan.undoes is None:
            judged = self._judge_all(program, kept.rows, plan.mode or Mode.UPSERT)
            written = [each for one in judged for each in self._write(program, one, plan.reason)]
        else:
            rows = zip(kept.undone, now, strict=True)
            written = [self._put_back(each) for each, told in rows if told.action == "undo"]
        self._written[plan.id] = written
        kept.plan = msgspec.structs.replace(
            plan, state="applied", applied_at=datetime.now(UTC), applied_by="the caller"
        )

    def _put_back(self, each: Written) -> Written:
        now = self._find_now(each)
        if each.run:
            self._grants.pop((each.program, each.folded, each.run), None)
            if each.before is not None:
                self._grants[each.program, each.folded, each.run] = each.before
        else:
            self._students.pop((each.program, each.folded), None)
            if each.before is not None:
                self._students[each.program, each.folded] = each.before
        return Written(each.program, each.folded, each.run, now, each.before)


def _make(
    program: Program,
    kind: EnrollmentKind,
    answers: list[PlanAnswer],
    *,
    mode: Mode | None,
    name: str,
    reason: str,
    undoes: Undoes | None = None,
) -> Plan:
    actions = ACTIONS if undoes is None else UNDO_ACTIONS
    counted = Counter(each.action for each in answers)
    at = datetime.now(UTC)
    return Plan(
        id=uuid4(),
        program=program.key,
        kind=kind,
        name=name,
        mode=mode,
        reason=reason,
        state="ready",
        rows=len(answers),
        planned=len(answers),
        counts={action: counted[action] for action in actions},
        verdicts=dict(Counter(each.verdict for each in answers)),
        undoes=undoes,
        created_at=at,
        created_by="the caller",
        expires_at=at + KEPT_FOR,
    )


def _tell_judged(judged: Judged) -> PlanAnswer:
    answer, row = judged.answer, judged.row
    is_written = answer.action in {"create", "update"}
    return PlanAnswer(
        line=answer.line,
        student_key=answer.student_key,
        course=row.course_id if isinstance(row, CourseRow) else "",
        action=answer.action,
        verdict=answer.verdict,
        reason=answer.reason,
        before=judged.before,
        after=tell_row(row) if is_written else judged.before,
    )


def _stand(answer: PlanAnswer) -> Standing:
    return Standing(action=answer.action, verdict=answer.verdict, before=answer.before)


def _word(stored: Stored | None) -> str:
    if stored is None:
        return ""
    return f"{stored.status}, staff" if stored.is_staff else stored.status


def _refuse(code: str, words: str) -> LmsRefused:
    return LmsRefused(words, status=CONFLICT, code=code, request_id="")
