"""Typing a command, in this process and in the test's own transaction."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from matricula.cli.main import main


@dataclass(frozen=True, slots=True)
class Typed:
    """What came of a command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  JSON is anything
        assert self.out.count("\n") == 1, "one line of JSON"
        return json.loads(self.out)


def matricula(*words: str) -> Typed:
    out, err, status = io.StringIO(), io.StringIO(), 0
    before, sys.argv = sys.argv, ["matricula", *words]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
    finally:
        sys.argv = before
    return Typed(status, out.getvalue(), err.getvalue())
