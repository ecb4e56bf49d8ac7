from pathlib import Path

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import WriteMode
from matricula.lms.rosters.api import (
    NotReplaceable,
    answering_to,
    apply_roster,
    open_roster,
    plan_roster,
)
from tests import given
from tests.lms.rosters.answering import applied, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology")


def answer(text: str, *, program: ProgramOutline, folder: Path) -> str:
    path, result = folder / "in.csv", folder / "out.csv"
    path.write_bytes(text.encode())
    with open_roster(path=path) as file:
        answers = apply_roster(
            file=file, program=program, mode=WriteMode.UPSERT, by=given.OPERATOR, at=given.NOW
        )
        with answering_to(result, answers=answers, input_path=path) as add:
            for each in answers:
                add(each)
    return result.read_bytes().decode()


def test_a_result_is_the_input_with_line_verdict_and_reason(
    hydrology: ProgramOutline, tmp_path: Path
) -> None:
    text = 'note,Student_Key,status\n"a, b",rv-1,enrolled\n\n,rv-2,gone\n'
    assert answer(text, program=hydrology, folder=tmp_path).splitlines() == [
        "note,Student_Key,status,line,verdict,reason",
        '"a, b",rv-1,enrolled,2,enrolled,',
        (
            ",rv-2,gone,4,invalid-status,"
            "\"'gone' is none of enrolled, pending, suspended, canceled, ended\""
        ),
    ]


def test_a_result_that_is_corrected_is_a_valid_roster(
    hydrology: ProgramOutline, tmp_path: Path
) -> None:
    text = "status,student_key\nenrolled,rv-1\ngone,rv-2\nenrolled,RV-3\nended,rv-3\n"
    result = answer(text, program=hydrology, folder=tmp_path)
    kept = [line for line in result.splitlines(keepends=True) if "RV-3" not in line]
    corrected = "".join(kept).replace("gone", "pending")
    again = answer(corrected, program=hydrology, folder=tmp_path)
    assert again.splitlines()[0] == "status,student_key,line,verdict,reason"
    assert stored(hydrology) == ["rv-1,enrolled", "rv-2,pending", "rv-3,ended"]
    assert [line.split(",")[3] for line in again.splitlines()[1:]] == [
        "enrolled",
        "pending",
        "ended",
    ]


def test_values_that_have_no_column_stay_behind_the_reason(
    hydrology: ProgramOutline, tmp_path: Path
) -> None:
    result = answer("student_key,status\nDoe, Jo,enrolled\n", program=hydrology, folder=tmp_path)
    assert result.splitlines()[1].startswith("Doe, Jo,2,invalid-row,the row has 3 values")
    assert result.splitlines()[1].endswith(",enrolled")
    assert applied(result, program=hydrology).verdicts == ["invalid-row"]


def test_a_byte_order_mark_is_kept(hydrology: ProgramOutline, tmp_path: Path) -> None:
    result = answer("\ufeffstudent_key,status\nrv-1,ended\n", program=hydrology, folder=tmp_path)
    assert result.startswith("\ufeffstudent_key,")


def test_a_result_never_takes_the_place_of_the_input(
    hydrology: ProgramOutline, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("student_key,status\nrv-1,enrolled\n")
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    with open_roster(path=path) as file:
        answers = plan_roster(
            file=file, program=hydrology, mode=WriteMode.UPSERT, by=given.OPERATOR
        )
        for out in (path, link):
            with (
                pytest.raises(NotReplaceable, match="is the input"),
                answering_to(out, answers=answers, input_path=path, force=True),
            ):
                pass
    assert path.read_text() == "student_key,status\nrv-1,enrolled\n"
