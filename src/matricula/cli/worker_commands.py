"""``matricula worker``: rosters of any size, and what is done from time to time."""

from typing import Annotated

import typer

from matricula.cli.working import run_worker


def work(
    *,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=32, help="Jobs worked at side by side.")
    ] = 1,
) -> None:
    """Work off what is queued, until SIGTERM or Ctrl-C.

    Then the rows at hand are finished; the rest is left to other workers, or to the next start.
    """
    run_worker(concurrency=concurrency)
