"""What a command prints: JSON for programs, tables for people, progress on a terminal alone."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the change.")]

UNBOUND = 100_000
"""The width of a pipe: nothing is folded there, for there is no screen to fit."""

# A key such as :cat: is no picture of one. Standard output is None where it is closed.
OUT = Console(
    emoji=False,
    highlight=False,
    soft_wrap=True,
    width=None if sys.stdout is not None and sys.stdout.isatty() else UNBOUND,
)
ERR = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)


def show_json(data: object) -> None:
    """Print data as one line of JSON."""
    sys.stdout.write(msgspec.json.encode(data).decode() + "\n")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings. Their text is never read as markup, and folded but never cut."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    OUT.print(table, soft_wrap=False)  # Rich means by it: let the screen cut what is too long


def say(words: str) -> None:
    """Print a sentence as it is."""
    OUT.print(words, markup=False)


def seen_from_here(path: Path) -> Path:
    """Name a file as seen from the working folder, if it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@contextmanager
def progress(words: str, *, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal, nothing in a pipe; yields what moves it forward by so many."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=ERR,
        transient=True,
        disable=not ERR.is_terminal,
        # Rich would print on the terminal what is written to a file or pipe meanwhile.
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task(words, total=total)
        yield lambda steps: bar.advance(task, steps)
