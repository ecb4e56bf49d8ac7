"""``matricula roster`` and ``matricula export``: rows in from a file, verdicts out; rows out."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TextIO

import typer

from matricula.cli.acting import now, operator
from matricula.cli.answering import AnswersAsJson, AnswersInWords
from matricula.cli.interrupting import telling_how_far
from matricula.cli.leaving import flush_output
from matricula.cli.showing import Json, Reason, progress, say, show_json
from matricula.lms.catalog.api import get_program
from matricula.lms.kernel.api import WriteMode
from matricula.lms.rosters.api import (
    Answer,
    Answers,
    Exported,
    RosterFile,
    answering_to,
    apply_roster,
    export_columns,
    export_roster,
    open_roster,
    plan_roster,
    replacing,
)

app = typer.Typer(
    no_args_is_help=True,
    help="Say what a roster would do, and do it. A roster is a CSV file in UTF-8 with the columns "
    "student_key, status and perhaps curriculum_uuid; with a column course_id it is about course "
    "runs, and course_staff is possible too. Exit status 1: some row is refused.",
)
File = Annotated[Path, typer.Argument(help="The roster; - is standard input.")]
ProgramKey = Annotated[str, typer.Option("--program", help="The program's key or uuid.")]
Mode = Annotated[
    WriteMode, typer.Option("--mode", help="Whether rows are added, changed or both.")
]
STANDARD_OUTPUT = Path("-")
STEPS = 1000
"""Rows between two movements of the progress bar."""


def _require_file(path: Path | None) -> Path | None:
    if path == STANDARD_OUTPUT:
        raise typer.BadParameter("The result needs a file of its own.")
    return path


Result = Annotated[
    Path | None,
    typer.Option(
        "--result",
        metavar="OUT.csv",
        help="Write the roster again, with line, verdict and reason added.",
        callback=_require_file,
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace an output file even if it is something else.")
]


@app.command("plan")
def plan(
    file: File,
    *,
    program: ProgramKey,
    mode: Mode = WriteMode.UPSERT,
    result: Result = None,
    as_json: Json = False,
    force: Force = False,
) -> None:
    """Say what a roster would do, row by row, and write nothing."""
    ask = partial(plan_roster, mode=mode, by=operator())
    _answer(ask, file, program, result=result, as_json=as_json, force=force, is_plan=True)


@app.command("apply")
def apply(
    file: File,
    *,
    program: ProgramKey,
    mode: Mode = WriteMode.UPSERT,
    atomic: Annotated[
        bool, typer.Option("--atomic", help="Write nothing at all if any row is refused.")
    ] = False,
    result: Result = None,
    reason: Reason = "",
    as_json: Json = False,
    force: Force = False,
) -> None:
    """Write what a roster says. If it is cut short, running it again finishes it."""
    ask = partial(apply_roster, mode=mode, by=operator(), at=now(), reason=reason, atomic=atomic)
    _answer(ask, file, program, result=result, as_json=as_json, force=force, is_plan=False)


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="- is standard output.")],
    *,
    program: ProgramKey,
    courses: Annotated[
        bool, typer.Option("--courses", help="Its course enrollments instead.")
    ] = False,
    as_json: Json = False,
    force: Force = False,
) -> None:
    """Write a program's roster. Sent back with `roster plan`, it changes nothing."""
    outline = get_program(key=program)
    with _output(out, like=export_columns(courses=courses), force=force) as stream:
        exported = export_roster(program=outline, to=stream, by=operator(), courses=courses)
    if out != STANDARD_OUTPUT:
        _show_exported(exported, out, as_json=as_json)


def _answer(
    ask: Callable[..., Answers],
    path: Path,
    program_key: str,
    *,
    result: Path | None,
    as_json: bool,
    force: bool,
    is_plan: bool,
) -> None:
    program = get_program(key=program_key)
    with ExitStack() as stack:
        file: RosterFile = stack.enter_context(open_roster(path=path))
        answers = stack.enter_context(closing(ask(file=file, program=program)))
        stack.enter_context(telling_how_far(answers, is_plan=is_plan))
        showing = AnswersAsJson() if as_json else AnswersInWords(is_plan=is_plan)
        with ExitStack() as results:
            sinks: list[Callable[[Answer], None]] = [showing.add]
            if result is not None:
                writing = answering_to(result, answers=answers, input_path=path, force=force)
                sinks.append(results.enter_context(writing))
            _pour(answers, sinks, words="Planning" if is_plan else "Applying")
        showing.end(answers, name=file.name, program=program)
        flush_output()
    if answers.is_refused:
        raise typer.Exit(1)


def _pour(answers: Answers, sinks: list[Callable[[Answer], None]], *, words: str) -> None:
    with progress(words, total=answers.count) as advance:
        for number, answer in enumerate(answers, start=1):
            for sink in sinks:
                sink(answer)
            if number % STEPS == 0:
                advance(STEPS)


@contextmanager
def _output(path: Path, *, like: Sequence[str], force: bool) -> Iterator[TextIO]:
    if path != STANDARD_OUTPUT:
        with replacing(path, like=like, force=force) as stream:
            yield stream
        return
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    yield sys.stdout


def _show_exported(exported: Exported, path: Path, *, as_json: bool) -> None:
    if as_json:
        show_json({"rows": exported.rows, "left_out": exported.left_out})
        return
    say(f"{exported.rows:,} rows are in {path}.")
    if exported.left_out:
        say(
            f"{exported.left_out:,} are left out: no roster can name them, because the person is "
            "retired, the key is not this school's, or the course run has left the program."
        )
