"""Going through many rows while there is time."""

import pytest

from matricula.registrar.kernel.api import in_steps, pacing
from matricula.registrar.kernel.pacing import STEP


class NoTime(Exception):
    """The test says that there is none."""


def test_rows_are_gone_through_until_there_is_no_time() -> None:
    answers = iter([True, False])

    def require_time() -> None:
        if not next(answers):
            raise NoTime

    with pacing(require_time):
        rows = in_steps(range(3 * STEP))
        assert [next(rows) for _ in range(STEP)] == list(range(STEP))
        with pytest.raises(NoTime):
            next(rows)


def test_nobody_is_asked_after_the_block() -> None:
    def require_time() -> None:
        raise NoTime

    with pacing(require_time):
        pass
    assert list(in_steps([1])) == [1]
