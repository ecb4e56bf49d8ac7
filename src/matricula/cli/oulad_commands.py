"""``matricula oulad``: the main job on real input, and whether it came out right."""

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from matricula.cli.acting import now, operator
from matricula.cli.oulad.cataloging import OPEN_DEGREE, list_programs, map_run_ids
from matricula.cli.oulad.checking import Check, Expected, check_replay
from matricula.cli.oulad.reading import RESULTS, Dataset, read_dataset
from matricula.cli.oulad.replaying import Replay
from matricula.cli.oulad.scheduling import list_days, list_undated
from matricula.cli.settling import settle
from matricula.cli.showing import Json, progress, say, show_json, show_table
from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline, get_program, load_catalog
from matricula.lms.kernel.api import Actor, ActorKind

app = typer.Typer(
    no_args_is_help=True, help="Replay the Open University Learning Analytics Dataset."
)

NAMED_LINES = 5

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where the dataset's CSV files are.")]


@app.command("replay")
def replay(folder: Folder, *, as_json: Json = False) -> None:
    """Replay registrations, sign-ons and results day by day, and check what is stored then.

    Safe to run again: what is stored already is left alone. Exit status 1: a check fails.
    """
    began = monotonic()
    by = operator()
    dataset = read_dataset(folder)
    require_permission(by, Permission.CATALOG_LOAD)
    load_catalog(programs=list_programs(dataset.presentations), by=by, at=now())
    program = get_program(key=OPEN_DEGREE)
    notes = _list_notes(dataset)
    if not as_json:
        _say_beginning(dataset, notes)
    days, written = _replay(dataset, program, by=by)
    replayed = monotonic()
    settle()
    checks = check_replay(dataset, program=program, by=by)
    seconds = {"replay": replayed - began, "checks": monotonic() - replayed}
    if as_json:
        _show_json(checks, notes, days=days, written=written, seconds=seconds)
    else:
        _say_end(checks, days=days, written=written, seconds=seconds)
    if not all(check.is_met for check in checks):
        raise typer.Exit(1)


def _replay(dataset: Dataset, program: ProgramOutline, *, by: Actor) -> tuple[int, dict[str, int]]:
    sign_on = Actor(
        kind=ActorKind.SIGN_ON,
        key=program.organization_key.lower(),
        channel=by.channel,
        request_id=by.request_id,
        organization_id=program.organization_id,
    )
    replaying = Replay(
        dataset,
        program=program,
        run_ids=map_run_ids(program, dataset.presentations),
        registrar=by,
        sign_on=sign_on,
    )
    days = list_days(dataset)
    with progress("Replaying days", total=len(days)) as advance:
        for day in days:
            replaying.replay_day(day)
            advance(1)
    return len(days), {what: count for what, count in sorted(replaying.written.items()) if count}


def _list_notes(dataset: Dataset) -> dict[str, Any]:
    """Say what is peculiar in the files, and what becomes of it."""
    undated = list_undated(dataset.registrations)
    lingering = [
        registration.line
        for registration, result in zip(dataset.registrations, dataset.results, strict=True)
        if result == "Withdrawn" and registration.withdrawn is None
    ]
    expected = Expected(dataset)
    return {
        "without_date_registration": [each.line for each in undated],
        "withdrawn_without_date": lingering,
        "without_result": dataset.results.count(None),
        "results_without_account": expected.unstored_results,
    }


def _say_beginning(dataset: Dataset, notes: dict[str, Any]) -> None:
    modules = {presentation.module for presentation in dataset.presentations}
    say(
        f"{len(dataset.registrations):,} registrations in {len(dataset.presentations)} "
        f"presentations of {len(modules)} modules."
    )
    if undated := notes["without_date_registration"]:
        say(
            f"- {len(undated)} registrations have no date ({_name_lines(undated)}). They are not "
            "given one: they stand in a roster of their own before the first day, and the ledger "
            "says why."
        )
    if lingering := notes["withdrawn_without_date"]:
        say(
            f"- {len(lingering)} results are Withdrawn where no day of withdrawal is said "
            f"({_name_lines(lingering)}): those enrollments stay active."
        )
    if missing := notes["without_result"]:
        say(f"- {missing:,} registrations have no final result in {RESULTS}.")
    if homeless := notes["results_without_account"]:
        say(
            f"- {homeless:,} final results are of students without an account when the "
            "presentation ends, and are not stored: a grade is an account's."
        )


def _say_end(
    checks: Sequence[Check], *, days: int, written: dict[str, int], seconds: dict[str, float]
) -> None:
    say(f"\nReplayed {days:,} days in {seconds['replay']:.1f} s. Written:")
    if set(written) <= {"student keys already"}:
        say("nothing; all of it was stored already.")
    else:
        show_table(["", ""], [(what, f"{count:,}") for what, count in written.items()])
    say(f"\nStored, and what the files say (checked in {seconds['checks']:.1f} s):")
    show_table(
        ["", "stored", "files", ""],
        [
            (
                check.what,
                f"{check.stored:,}",
                f"{check.expected:,}",
                "ok" if check.is_met else "WRONG",
            )
            for check in checks
        ],
    )
    wrong = sum(not check.is_met for check in checks)
    say(f"\n{wrong} of {len(checks)} checks fail." if wrong else "\nEverything is as it must be.")


def _show_json(
    checks: Sequence[Check],
    notes: dict[str, Any],
    *,
    days: int,
    written: dict[str, int],
    seconds: dict[str, float],
) -> None:
    show_json(
        {
            "days": days,
            "written": written,
            **notes,
            "checks": [
                {
                    "what": each.what,
                    "stored": each.stored,
                    "expected": each.expected,
                    "ok": each.is_met,
                }
                for each in checks
            ],
            "ok": all(each.is_met for each in checks),
            "seconds": {what: round(spent, 3) for what, spent in seconds.items()},
        }
    )


def _name_lines(lines: Sequence[int]) -> str:
    named = ", ".join(str(line) for line in lines[:NAMED_LINES])
    more = len(lines) - NAMED_LINES
    return f"lines {named}{f' and {more} more' if more > 0 else ''}"
