"""``matricula catalog``: programs, loaded and looked at."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, progress, say, show_json, show_table
from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import (
    Loaded,
    LoadResult,
    OrganizationOfProgram,
    ProgramDescription,
    ProgramRecord,
    describe_program,
    list_program_summaries,
    load_catalog,
    read_catalog,
)

app = typer.Typer(no_args_is_help=True, help="Load the catalog of programs, and look at it.")

Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE_OR_URL",
        help="Programs as JSON in course-discovery's shape: a list, one program, or pages of "
        "`results` that go on at `next`.",
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="CATALOG_TOKEN",
        help="Sent to FILE_OR_URL's host as `Authorization: JWT TOKEN`; "
        "with a scheme of its own ('Bearer ...') as it is.",
    ),
]


@app.command("load")
def load(source: Source, *, token: Token = None, as_json: Json = False) -> None:
    """Create and update programs, all or none. Safe to run again: it says what changed."""
    by = operator()
    require_permission(by, Permission.CATALOG_LOAD)
    programs = _read(source, token)
    loaded = load_catalog(programs=programs, by=by, at=now())
    _show_loaded(loaded, as_json=as_json)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """Show all programs."""
    programs = list_program_summaries()
    if as_json:
        show_json([to_builtins(program) for program in programs])
        return
    show_table(
        ["program", "title", "type", "status", "mode", "organizations"],
        [
            (each.key, each.title, each.type, each.status, each.mode, _keys(each.organizations))
            for each in programs
        ],
    )


@app.command("show")
def show(
    key: Annotated[str, typer.Argument(help="The program's key or uuid.")],
    *,
    as_json: Json = False,
) -> None:
    """Show a program: its organizations, curricula and course runs."""
    described = describe_program(key=key)
    if as_json:
        data: dict[str, Any] = to_builtins(described)
        show_json({**data.pop("program"), **data})
    else:
        _show_description(described)


def _read(source: str, token: str | None) -> list[ProgramRecord]:
    programs = []
    with progress(f"Reading {source}", total=None) as advance:
        for program in read_catalog(source=source, token=token):
            programs.append(program)
            advance(1)
    return programs


def _show_loaded(loaded: Sequence[Loaded], *, as_json: bool) -> None:
    happened = Counter(each.result for each in loaded)
    counts = {result.value: happened[result] for result in LoadResult}
    if as_json:
        show_json({"counts": counts, "programs": loaded})
        return
    show_table(["program", "result"], [(each.key, each.result) for each in loaded])
    say(", ".join(f"{count} {result}" for result, count in counts.items()) + ".")


def _show_description(described: ProgramDescription) -> None:
    program = described.program
    words = [program.title, program.type, program.status, f"mode {program.mode}", program.uuid]
    say(f"{program.key}: {', '.join(str(word) for word in words if word)}")
    say("\nOrganizations")
    show_table(["key", "name"], [(each.key, each.name) for each in program.organizations])
    say("\nCurricula")
    show_table(
        ["uuid", "name", "active", "course runs", "nested programs"],
        [
            (
                each.uuid,
                each.name,
                "yes" if each.is_active else "no",
                len(each.course_runs),
                ", ".join(each.programs),
            )
            for each in described.curricula
        ],
    )
    say("\nCourse runs")
    show_table(
        ["key", "external key", "title"],
        [(each.key, each.external_key, each.title) for each in described.course_runs],
    )


def _keys(organizations: Sequence[OrganizationOfProgram]) -> str:
    return ", ".join(each.key for each in organizations)
