"""Answers: what becomes of each row, one after the other, and the result file made of them."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from matricula.lms.kernel.api import Action, Judgement
from matricula.lms.rosters.comparing import Survey
from matricula.lms.rosters.reading import Layout, RosterRow
from matricula.lms.rosters.replacing import replacing
from matricula.service.escaping import escape_cells, write_cells

ADDED = ("line", "verdict", "reason")


class Answer(msgspec.Struct, frozen=True, gc=False):
    """A row, what was or would be done with it, and the cells of the file it was read from."""

    row: RosterRow
    judgement: Judgement
    cells: list[str]


class Answers(Iterator[Answer]):
    """The answers to a roster, in the order of its lines. To be taken one by one, then closed.

    ``actions`` and ``verdicts`` count those taken so far; ``committed`` counts the rows whose
    answers hold, taken or not, whatever happens now; ``is_applied`` is true at the end, if what
    could be written was.
    """

    def __init__(self, survey: Survey, answers: Generator[Answer, None, None]) -> None:
        """Be read by whoever asked for the roster."""
        self.count = survey.count
        self.layout = survey.layout
        self.actions: Counter[Action] = Counter()
        self.verdicts: Counter[tuple[Action, str]] = Counter()
        self.committed = 0
        self.is_applied = False
        self._answers = answers

    def __next__(self) -> Answer:
        """Return the next answer; a chunk is written when its first row is asked for."""
        answer = next(self._answers)
        judgement = answer.judgement
        self.actions[judgement.action] += 1
        self.verdicts[judgement.action, judgement.verdict] += 1
        return answer

    def close(self) -> None:
        """End it here: an atomic apply that was not taken to its end is rolled back."""
        self._answers.close()

    @property
    def is_refused(self) -> bool:
        """Whether any row taken so far is refused."""
        return self.actions[Action.REFUSE] > 0


class ResultFile:
    """The shape of a result file: the columns of the roster, then line, verdict and reason.

    Columns that an earlier result file had added are replaced. Cells are escaped for spreadsheets.
    """

    def __init__(self, layout: Layout) -> None:
        """Be that of a roster of this layout."""
        self._layout = layout
        self._width = len(layout.names)
        self._kept = [place for place, name in enumerate(layout.names) if name not in ADDED]
        self._columns = [*(layout.header[place] for place in self._kept), *ADDED]

    @property
    def columns(self) -> list[str]:
        """The header as it is written."""
        return escape_cells(self._columns)

    def write_start(self, to: TextIO) -> None:
        """Write the header; with a byte order mark, if the roster had one."""
        to.write("\ufeff" if self._layout.has_byte_order_mark else "")
        write_cells([self._columns], to)

    def write(self, answers: Iterable[Answer], to: TextIO) -> None:
        """Write rows."""
        write_cells(list(map(self._list_cells, answers)), to)

    def _list_cells(self, answer: Answer) -> list[str]:
        judged, cells = answer.judgement, answer.cells
        added = (str(judged.line), judged.verdict, judged.reason)
        return [*(cells[place] for place in self._kept), *added, *cells[self._width :]]


@contextmanager
def answering_to(
    path: Path, *, answers: Answers, input_path: Path, force: bool = False
) -> Iterator[Callable[[Answer], None]]:
    """Write a result file: the input's columns, then line, verdict and reason.

    Yields what adds an answer. The file appears when the block ends, whole or not at all. Columns
    that an earlier result file had added are replaced, and so is an earlier result file itself,
    if it has the same columns; any other file is by ``force`` alone.

    Raises:
        NotReplaceable: the result would go where it must not.
        FileNotFinished: the disk is full, or fails.
    """
    result = ResultFile(answers.layout)
    with replacing(path, like=result.columns, never=input_path, force=force) as stream:
        result.write_start(stream)
        yield lambda answer: result.write([answer], stream)
