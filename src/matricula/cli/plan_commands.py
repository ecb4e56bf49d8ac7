"""``matricula plan`` and ``matricula undo``: kept, looked at, applied as shown, taken back.

A command works off what it asks for itself, however long it is: no worker is needed.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, islice
from typing import Annotated
from uuid import UUID

import msgspec
import typer
from django.conf import settings

from matricula.cli.acting import now, operator
from matricula.cli.answering import FIRST
from matricula.cli.roster_commands import File, Mode, ProgramKey
from matricula.cli.showing import Json, Reason, say, show_json, show_table
from matricula.lms.catalog.api import get_program
from matricula.lms.kernel.api import Action, WriteMode
from matricula.lms.plans.api import (
    Plan,
    PlanLimits,
    PlannedRow,
    PlanStale,
    PlanState,
    apply_plan,
    discard_plan,
    get_plan,
    list_planned_rows,
    list_plans,
    make_plan,
    map_keys,
    undo_change_set,
    undo_job,
    undo_plan,
    undo_request,
)
from matricula.lms.rosters.api import open_roster

app = typer.Typer(
    no_args_is_help=True,
    help="Keep what a roster would do, look at it, and do exactly that or nothing. Exit status "
    "1: some row is refused, or rows are no longer what was planned.",
)
undo_app = typer.Typer(
    no_args_is_help=True,
    help="Plan to take back what was written, as far as it stands; `matricula plan apply` does "
    "it. What somebody has changed since is left alone.",
)
PlanId = Annotated[UUID, typer.Argument(metavar="PLAN", help="The plan's id.")]
LISTED = 50


class PlanLine(msgspec.Struct):
    """A plan in the JSON output."""

    id: str
    program: str
    kind: str
    name: str
    state: PlanState
    rows: int
    counts: dict[str, int]
    undoes: str
    reason: str


@app.command("make")
def make(
    file: File,
    *,
    program: ProgramKey,
    mode: Mode = WriteMode.UPSERT,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Keep a roster and what it would do; nothing is written."""
    with open_roster(path=file) as opened:
        plan = make_plan(
            file=opened,
            program=get_program(key=program),
            mode=mode,
            limits=_limits(),
            by=operator(),
            at=now(),
            reason=reason,
        )
    _show(plan, as_json=as_json)


@app.command("show")
def show(
    plan: PlanId,
    *,
    action: Annotated[
        Action | None, typer.Option("--action", help="Only rows with which that would be done.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a plan and its first rows; in JSON, all of them."""
    found = get_plan(uuid=plan, by=operator())
    rows = chain.from_iterable(list_planned_rows(plan=found, action=action))
    if as_json:
        show_json({"plan": _describe(found), "rows": list(rows)})
    else:
        _say(found)
        _show_rows(rows)


@app.command("list")
def list_all(
    *,
    program: Annotated[str | None, typer.Option("--program", help="Only of this one.")] = None,
    as_json: Json = False,
) -> None:
    """Show the newest plans."""
    outline = get_program(key=program) if program else None
    plans = list_plans(program=outline, limit=LISTED, by=operator())
    lines = [_describe(plan) for plan in plans]
    if as_json:
        show_json({"plans": lines})
        return
    show_table(
        ["plan", "program", "state", "rows", "of"],
        ([line.id, line.program, line.state, line.rows, line.name] for line in lines),
    )


@app.command("apply")
def apply(plan: PlanId, *, as_json: Json = False) -> None:
    """Do what a plan shows, all of it and exactly so, or nothing."""
    try:
        done = apply_plan(uuid=plan, rows_at_once=sys.maxsize, by=operator(), at=now())
    except PlanStale as stale:
        _show_moved(stale.plan)
        raise
    _show(done, as_json=as_json)


@app.command("discard")
def discard(plan: PlanId, *, as_json: Json = False) -> None:
    """Give up a plan."""
    _show(discard_plan(uuid=plan, by=operator(), at=now()), as_json=as_json)


@undo_app.command("job")
def of_job(
    job: Annotated[UUID, typer.Argument(help="The job's id.")],
    *,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Plan to take back what a roster job has written."""
    made = undo_job(uuid=job, limits=_limits(), by=operator(), at=now(), reason=reason)
    _show(made, as_json=as_json)


@undo_app.command("plan")
def of_plan(plan: PlanId, *, reason: Reason = "", as_json: Json = False) -> None:
    """Plan to take back what an applied plan has written; an undo, too."""
    made = undo_plan(uuid=plan, limits=_limits(), by=operator(), at=now(), reason=reason)
    _show(made, as_json=as_json)


@undo_app.command("change-set")
def of_change_set(
    change_set: Annotated[UUID, typer.Argument(help="Its uuid, as the changes have it.")],
    *,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Plan to take back one act, such as a short roster or a withdrawal."""
    made = undo_change_set(
        uuid=change_set, limits=_limits(), by=operator(), at=now(), reason=reason
    )
    _show(made, as_json=as_json)


@undo_app.command("request")
def of_request(
    request_id: Annotated[
        str, typer.Argument(metavar="REQUEST", help="Its id, as the changes have it.")
    ],
    *,
    program: ProgramKey,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Plan to take back what was written to a program under the id of a request."""
    made = undo_request(
        request_id=request_id,
        program=get_program(key=program),
        limits=_limits(),
        by=operator(),
        at=now(),
        reason=reason,
    )
    _show(made, as_json=as_json)


def _limits() -> PlanLimits:
    return PlanLimits(rows_at_once=sys.maxsize, kept_for=timedelta(days=settings.PLAN_DAYS))


def _show(plan: Plan, *, as_json: bool) -> None:
    if as_json:
        show_json(_describe(plan))
    else:
        _say(plan)
    is_refused = plan.job.counts.get(Action.REFUSE, 0) > 0
    if is_refused or plan.state_at(now()) is PlanState.FAILED:
        raise typer.Exit(1)


def _say(plan: Plan) -> None:
    line = _describe(plan)
    counts = ", ".join(f"{count:,} {action}" for action, count in line.counts.items())
    what = f"takes back {line.undoes}" if line.undoes else line.name
    say(f"Plan {line.id} ({what}) of {line.program} is {line.state}: {counts or 'no rows'}.")
    if words := plan.failure or plan.job.failure:
        say(words)
    if line.state is PlanState.READY:
        say(f"Do it: matricula plan apply {line.id}")


def _show_rows(rows: Iterator[PlannedRow]) -> None:
    first = list(islice(rows, FIRST + 1))
    show_table(
        ["line", "student key", "course", "action", "verdict", "before", "after", "reason"],
        (
            [
                row.line,
                row.student_key,
                row.course,
                row.action,
                row.verdict,
                row.before,
                row.after,
                row.reason,
            ]
            for row in first[:FIRST]
        ),
    )
    if len(first) > FIRST:
        say("... and more: --json shows all.")


def _show_moved(plan: Plan) -> None:
    keys = map_keys(plan=plan, lines=[each["line"] for each in plan.moved])
    show_table(
        ["line", "student key", "planned", "now"],
        (
            [each["line"], keys.get(each["line"], ""), _word(each["planned"]), _word(each["now"])]
            for each in plan.moved[:FIRST]
        ),
    )


def _word(standing: dict[str, str]) -> str:
    return f"{standing['action']} {standing['verdict']}, from {standing['before'] or 'nothing'}"


def _describe(plan: Plan) -> PlanLine:
    job = plan.job
    return PlanLine(
        id=str(job.uuid),
        program=job.program.key,
        kind=job.kind,
        name=job.name,
        state=plan.state_at(now()),
        rows=job.rows,
        counts=job.counts,
        undoes=f"{plan.undoes} {plan.undoes_id}" if plan.is_undo else "",
        reason=job.reason,
    )
