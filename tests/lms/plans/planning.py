"""What the tests of plans say again and again: plan this text, apply it, take it back."""

from datetime import datetime, timedelta
from io import BytesIO
from itertools import chain
from uuid import UUID

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, WriteMode
from matricula.lms.plans.api import (
    Plan,
    PlanLimits,
    PlannedRow,
    apply_plan,
    list_planned_rows,
    make_plan,
    undo_change_set,
    undo_job,
    undo_plan,
    work_off_plan,
)
from matricula.lms.rosters.api import Form, RosterFile, RosterKind
from tests import given

LATER = given.NOW + timedelta(hours=1)
AT_ONCE = 20_000


KEPT_FOR = timedelta(days=7)


def limits(rows_at_once: int = AT_ONCE) -> PlanLimits:
    return PlanLimits(rows_at_once=rows_at_once, kept_for=KEPT_FOR)


def planned(
    text: str,
    *,
    program: ProgramOutline,
    by: Actor = given.OPERATOR,
    kind: RosterKind = RosterKind.PROGRAM,
    mode: WriteMode = WriteMode.UPSERT,
    rows_at_once: int = AT_ONCE,
    reason: str = "",
    at: datetime = given.NOW,
) -> Plan:
    return make_plan(
        file=RosterFile("roster.csv", BytesIO(text.encode()), Form.CSV, kind),
        program=program,
        mode=mode,
        limits=limits(rows_at_once),
        by=by,
        at=at,
        reason=reason,
    )


def roster(*rows: tuple[str, ...]) -> str:
    names = ("student_key,status", "student_key,course_id,status,course_staff")
    header = next(each for each in names if each.count(",") == len(rows[0]) - 1)
    return "\n".join([header, *(",".join(row) for row in rows), ""])


def applied(
    plan: Plan,
    *,
    by: Actor = given.OPERATOR,
    at: datetime = LATER,
    rows_at_once: int = AT_ONCE,
) -> Plan:
    return apply_plan(uuid=plan.job.uuid, rows_at_once=rows_at_once, by=by, at=at)


def undone(
    plan: Plan,
    *,
    by: Actor = given.OPERATOR,
    at: datetime = LATER,
    rows_at_once: int = AT_ONCE,
) -> Plan:
    return undo_plan(uuid=plan.job.uuid, limits=limits(rows_at_once), by=by, at=at)


def undone_job(uuid: UUID, *, by: Actor = given.OPERATOR) -> Plan:
    return undo_job(uuid=uuid, limits=limits(), by=by, at=LATER)


def undone_change_set(uuid: UUID, *, by: Actor = given.OPERATOR) -> Plan:
    return undo_change_set(uuid=uuid, limits=limits(), by=by, at=LATER)


def worked_off(plan: Plan, *, at: datetime = LATER) -> Plan:
    done = work_off_plan(uuid=plan.job.uuid, clock=lambda: at, is_stopping=lambda: False)
    assert done is not None
    return done


def rows_of(plan: Plan) -> list[PlannedRow]:
    return list(chain.from_iterable(list_planned_rows(plan=plan)))


def told(plan: Plan) -> list[tuple[str, str, str, str, str]]:
    """Of each row: whose, what would be done, its verdict, what is there, what would be."""
    return [
        (row.student_key, row.action.value, row.verdict, row.before, row.after)
        for row in rows_of(plan)
    ]
