"""Answers: what becomes of each row, one after the other, and the result file made of them."""

import csv
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from matricula.lms.kernel.api import Action, Judgement
from matricula.lms.rosters.comparing import Survey
from matricula.lms.rosters.reading import RosterRow
from matricula.lms.rosters.replacing import replacing

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
    layout = answers.layout
    width = len(layout.names)
    kept = [place for place, name in enumerate(layout.names) if name not in ADDED]
    columns = [*(layout.header[place] for place in kept), *ADDED]
    with replacing(path, like=columns, never=input_path, force=force) as stream:
        if layout.has_byte_order_mark:
            stream.write("\ufeff")
        writer = csv.writer(stream)
        writer.writerow(columns)

        def add(answer: Answer) -> None:
            judged, cells = answer.judgement, answer.cells
            added = (judged.line, judged.verdict, judged.reason)
            writer.writerow([*(cells[place] for place in kept), *added, *cells[width:]])

        yield add
