"""What is said of a row before the database is asked."""

import uuid

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Judgement
from matricula.lms.program_enrollments.api import Curricula, ProgramRow
from matricula.lms.program_enrollments.sifting import Sifted, sift

ACTIVE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def outline(*, active: int | None = 10) -> ProgramOutline:
    return ProgramOutline(
        id=1,
        uuid=uuid.UUID(int=9),
        key="hydrology",
        title="",
        type="",
        mode="masters",
        organization_id=1,
        organization_key="RiverU",
        curricula={ACTIVE: 10, OTHER: 20},
        active_curriculum_id=active,
        runs=(),
    )


def sifted(*rows: ProgramRow, by_curriculum: bool = True, active: int | None = 10) -> Sifted:
    return sift(rows, program=outline(active=active), by_curriculum=by_curriculum)


def verdicts(*rows: ProgramRow, by_curriculum: bool = True) -> list[str | None]:
    judged = sifted(*rows, by_curriculum=by_curriculum).judged
    return [None if answer is None else answer.verdict for answer in judged]


def reason(row: ProgramRow) -> str:
    [judged] = sifted(row).judged
    assert isinstance(judged, Judgement)
    return judged.reason


def test_an_ordinary_row_is_left_to_the_database() -> None:
    found = sifted(ProgramRow(2, " RV-1 ", " enrolled ", str(OTHER)))
    assert found.judged == [None]
    assert (found.value, found.folded, found.status) == (["RV-1"], ["rv-1"], ["enrolled"])
    assert (found.curriculum_id, found.match_curriculum_id) == ([20], [20])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", 10),
        ("None", 10),
        (str(ACTIVE), 10),
        (str(OTHER).upper(), 20),
        (f" {OTHER} ", 20),
        (OTHER.hex, 20),
        ("none", None),
        ("x", None),
        (str(uuid.UUID(int=3)), None),
        ("\ud800", None),
        ("\x00", None),
    ],
)
def test_a_curriculum_is_meant_by_its_uuid(text: str, meant: int | None) -> None:
    assert Curricula(outline(), by_curriculum=True).find(text) == meant


@pytest.mark.parametrize("text", ["", "None"])
def test_without_an_active_curriculum_none_is_meant(text: str) -> None:
    assert Curricula(outline(active=None), by_curriculum=True).find(text) is None


def test_a_row_is_matched_by_the_curriculum_it_names_if_that_is_asked_for() -> None:
    rows = [ProgramRow(2, "a", "enrolled"), ProgramRow(3, "b", "enrolled", str(OTHER))]
    assert sifted(*rows).match_curriculum_id == [None, 20]
    assert sifted(*rows, by_curriculum=False).match_curriculum_id == [None, None]


def test_the_order_of_what_is_wrong_is_the_contracts() -> None:
    rows = [
        ProgramRow(2, " ", "nonsense", "x"),
        ProgramRow(3, "a", "nonsense", "x"),
        ProgramRow(4, "A", "enrolled"),
        ProgramRow(5, "b", "nonsense", "x"),
        ProgramRow(6, "c", "enrolled", "x"),
        ProgramRow(7, "d", "enrolled"),
    ]
    expected = ["invalid-key", "duplicated", "duplicated", "invalid-status"]
    assert verdicts(*rows) == [*expected, "invalid-curriculum", None]
    assert verdicts(*rows, by_curriculum=False) == [*expected, None, None]


def test_two_blank_keys_are_invalid_and_not_one_repeated_student() -> None:
    assert (
        verdicts(ProgramRow(2, "", "enrolled"), ProgramRow(3, " ", "enrolled"))
        == ["invalid-key"] * 2
    )


@pytest.mark.parametrize(
    "status", ["Enrolled", "", "on-leave", "active", "\x00", "enrolled2", "\ud800"]
)
def test_a_status_is_one_of_the_five_to_the_letter(status: str) -> None:
    assert verdicts(ProgramRow(2, "a", status)) == ["invalid-status"]


def test_reasons_are_in_words() -> None:
    assert reason(ProgramRow(2, "", "enrolled")) == "the student key is blank"
    assert reason(ProgramRow(2, "a", "on-leave")) == (
        "'on-leave' is none of enrolled, pending, suspended, canceled, ended"
    )
    assert reason(ProgramRow(2, "a", "enrolled", "x")) == "the program has no curriculum 'x'"


def test_one_student_in_two_named_curricula_is_not_repeated() -> None:
    rows = [
        ProgramRow(2, "a", "enrolled", str(ACTIVE)),
        ProgramRow(3, "A", "enrolled", str(OTHER)),
    ]
    assert verdicts(*rows) == [None, None]
    assert verdicts(*rows, by_curriculum=False) == ["duplicated"] * 2


def test_one_student_with_and_without_a_curriculum_is() -> None:
    rows = [ProgramRow(2, "a", "enrolled", str(ACTIVE)), ProgramRow(3, "A", "enrolled")]
    assert verdicts(*rows) == ["duplicated"] * 2


def test_repetitions_of_a_whole_file_are_told() -> None:
    rows = [ProgramRow(2, "a", "enrolled"), ProgramRow(3, "b", "enrolled")]
    found = sift(rows, program=outline(), by_curriculum=True, repeats={"a": [2, 900_000]})
    assert [answer and answer.reason for answer in found.judged] == [
        "the same student key is also on line 900000; none of these rows is applied",
        None,
    ]


def test_what_nobody_sees_is_stripped_around_a_key_and_refused_inside() -> None:
    around = ProgramRow(2, "\ufeffrv-1\u00a0", "enrolled")
    inside = ProgramRow(3, "rv\u200b-1", "enrolled")
    found = sifted(around, inside)
    assert (found.value, found.folded) == (["rv-1"], ["rv-1"])
    assert verdicts(around, inside) == [None, "invalid-key"]
    assert "U+200B ZERO WIDTH SPACE" in reason(inside)
