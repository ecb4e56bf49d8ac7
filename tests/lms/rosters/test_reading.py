import pytest

from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.program_enrollments.api import ProgramRow
from matricula.lms.rosters import reading
from matricula.lms.rosters.api import EmptyRoster, MissingColumns, RepeatedColumns
from matricula.lms.rosters.reading import Chunk, RosterRow, read_roster
from tests.lms.rosters.answering import file_of


def chunks_of(text: str | bytes) -> list[Chunk]:
    return list(read_roster(file_of(text))[1])


def rows_of(text: str | bytes) -> list[RosterRow]:
    return [row for chunk in chunks_of(text) for row in chunk.rows]


def test_a_row_is_a_student_key_and_a_status() -> None:
    assert rows_of("student_key,status\nrv-1,enrolled\n") == [ProgramRow(2, "rv-1", "enrolled")]


def test_a_course_id_column_makes_it_a_course_roster() -> None:
    assert rows_of("student_key,course_id,status\nrv-1,hyd,active\n") == [
        CourseRow(2, "rv-1", "hyd", "active")
    ]


def test_columns_may_stand_in_any_order_among_others() -> None:
    text = "name,curriculum_uuid,course_staff,status,,course_id,student_key\nM,c,yes,active,,h,k\n"
    assert rows_of(text) == [CourseRow(2, "k", "h", "active", "yes", "c")]


def test_names_of_columns_may_have_blanks_around_them_and_any_letter_case() -> None:
    text = '\ufeff\n Student_Key , "STATUS"\nrv-1,enrolled\n'
    assert rows_of(text) == [ProgramRow(3, "rv-1", "enrolled")]


def test_a_short_row_has_blanks_at_its_end() -> None:
    assert rows_of("student_key,status\nrv-1\n") == [ProgramRow(2, "rv-1", "")]


def test_a_row_counts_from_the_line_it_starts_on() -> None:
    text = 'student_key,status,note\n\nrv-1,enrolled,"a\n\nb"\nrv-2,enrolled,\n'
    assert [row.line for row in rows_of(text)] == [3, 6]


def test_a_row_with_more_values_than_there_are_columns_is_no_row_of_anybody() -> None:
    [chunk] = chunks_of("name,student_key,status\nDoe, Jo,rv-1,enrolled\nJo,rv-2,enrolled,,\n")
    assert {position: each.verdict for position, each in chunk.misfits.items()} == {
        0: "invalid-row"
    }
    assert [row.student_key for row in chunk.fitting_rows] == ["rv-2"]


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf", b"\n\n", b" ,\n"])
def test_an_empty_file_is_refused(text: bytes) -> None:
    with pytest.raises(EmptyRoster, match="The file is empty"):
        rows_of(text)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("student_key,curriculum_uuid", "Line 1: the header has no column status."),
        ("key,state", "Line 1: the header has no columns student_key, status."),
        ("\n\ncourse_id,student_key", "Line 3: the header has no column status."),
        ("student_key;status", "seem to be separated by semicolons instead of commas."),
        ("student_key\tstatus", "seem to be separated by tabs instead of commas."),
    ],
)
def test_missing_columns_are_named(header: str, words: str) -> None:
    with pytest.raises(MissingColumns) as refused:
        rows_of(f"{header}\nrv-1;enrolled\n")
    assert words in str(refused.value)


def test_a_column_that_is_named_twice_is_refused_if_it_counts() -> None:
    with pytest.raises(RepeatedColumns, match="Line 1: the header names status more than once"):
        rows_of("student_key,status,Status\nrv-1,enrolled,ended\n")
    assert len(rows_of("student_key,status,note,note\nrv-1,enrolled,a,b\n")) == 1


def test_a_chunk_ends_after_so_many_rows_or_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "student_key,status\n" + "".join(f"rv-{number},enrolled\n" for number in range(7))
    monkeypatch.setattr(reading, "CHUNK_ROWS", 3)
    assert [len(chunk.rows) for chunk in chunks_of(text)] == [3, 3, 1]
    monkeypatch.setattr(reading, "CHUNK_BYTES", 20)
    assert [len(chunk.rows) for chunk in chunks_of(text)] == [2, 2, 2, 1]
