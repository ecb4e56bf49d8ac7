from matricula.lms.kernel.api import Action, Judgement
from matricula.lms.rosters.packing import (
    pack_answers,
    pack_chunk,
    unpack_answers,
    unpack_chunk,
    unpack_rows,
)
from matricula.lms.rosters.reading import read_roster
from tests.lms.rosters.answering import file_of

ROSTER = "note,STUDENT_KEY,status\n,rv-1,enrolled\nx,日本,ended,more,\n,rv-3\n"


def test_a_chunk_comes_back_as_it_was_packed() -> None:
    layout, chunks = read_roster(file_of(ROSTER))
    [chunk] = chunks
    assert chunk.misfits, "a row has more values than the header has names"
    packed = pack_chunk(chunk, layout)
    assert unpack_chunk(packed, layout) == chunk
    assert unpack_rows(packed, layout).rows == chunk.rows
    assert unpack_rows(packed, layout).fitting_rows == chunk.fitting_rows


def test_answers_come_back_as_they_were_packed() -> None:
    _, chunks = read_roster(file_of(ROSTER))
    [chunk] = chunks
    judged = [
        Judgement(2, Action.CREATE, "enrolled"),
        Judgement(3, Action.REFUSE, "invalid-row", "for a reason"),
        Judgement(4, Action.UNCHANGED, "ended"),
    ]
    assert unpack_answers(pack_answers(judged), chunk) == judged
