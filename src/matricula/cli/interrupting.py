"""Interrupting a roster: how far it has come is said, whatever cuts it short."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import django.db
import typer

from matricula.cli.leaving import (
    CONNECTION_LOST,
    READER_LEFT,
    TERMINATED,
    CutShort,
    describe_trouble,
)
from matricula.cli.showing import ERR
from matricula.lms.kernel.api import is_connection_lost
from matricula.lms.rosters.api import Answers, FileNotFinished

INTERRUPTED = 130
"""The exit status of what Ctrl-C has stopped."""


@contextmanager
def telling_how_far(answers: Answers, *, is_plan: bool) -> Iterator[None]:
    """Add to what cuts the block short which rows are written, and that the rest can be.

    Raises:
        CutShort: the output, the result file or the connection to the database was lost.
    """
    try:
        yield
    except KeyboardInterrupt:
        _stop(answers, INTERRUPTED, is_plan=is_plan)
    except SystemExit as left:
        if left.code == TERMINATED:
            _stop(answers, TERMINATED, is_plan=is_plan)
        # Otherwise Rich has left, for whom this is the only reason.
        raise CutShort(f"{READER_LEFT}; {_say_how_far(answers, is_plan=is_plan)}.") from None
    except FileNotFinished as refusal:
        what = str(refusal).removesuffix(".")
        raise CutShort(f"{what}; {_say_how_far(answers, is_plan=is_plan)}.") from None
    except OSError as error:
        is_pipe = isinstance(error, BrokenPipeError)
        what = READER_LEFT if is_pipe else describe_trouble(error).removesuffix(".")
        raise CutShort(f"{what}; {_say_how_far(answers, is_plan=is_plan)}.") from None
    except django.db.Error as error:
        if not is_connection_lost(error):
            raise
        how_far = _say_how_far(answers, is_plan=is_plan)
        raise CutShort(f"{CONNECTION_LOST}; {how_far}.") from None


def _stop(answers: Answers, status: int, *, is_plan: bool) -> NoReturn:
    how_far = _say_how_far(answers, is_plan=is_plan)
    ERR.print(f"matricula: Stopped; {how_far}.", markup=False)
    raise typer.Exit(status)


def _say_how_far(answers: Answers, *, is_plan: bool) -> str:
    if is_plan:
        return "it was a plan, and nothing is written"
    if answers.committed == answers.count:
        return f"all {answers.count:,} rows are answered and written"
    if not answers.committed:
        return "nothing is written; run it again"
    return (
        f"the first {answers.committed:,} of {answers.count:,} rows are answered and written; "
        "run it again to finish"
    )
