"""What is said of a course roster's row before the database is asked."""

import uuid

import pytest

from matricula.lms.catalog.api import ProgramOutline, RunInProgram
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.course_enrollments.sifting import Sifted, sift

HYD = "course-v1:RiverU+HYD1+2031_T1"
BOT = "course-v1:RiverU+BOT1+2031_T1"
ACTIVE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)

OUTLINE = ProgramOutline(
    id=1,
    uuid=uuid.UUID(int=9),
    key="hydrology",
    title="",
    type="",
    mode="masters",
    organization_id=1,
    organization_key="RiverU",
    curricula={ACTIVE: 10, OTHER: 20},
    active_curriculum_id=10,
    runs=(
        RunInProgram(1, HYD, "H-31"),
        RunInProgram(2, BOT, "twice"),
        RunInProgram(3, "course-v1:RiverU+BOT2+2031_T1", "twice"),
        RunInProgram(4, "course-v1:RiverU+BOT3+2031_T1", ""),
    ),
)


def sifted(*rows: CourseRow, by_curriculum: bool = True) -> Sifted:
    return sift(rows, program=OUTLINE, by_curriculum=by_curriculum)


def verdicts(*rows: CourseRow, by_curriculum: bool = True) -> list[str | None]:
    judged = sifted(*rows, by_curriculum=by_curriculum).judged
    return [None if answer is None else answer.verdict for answer in judged]


def reason(row: CourseRow) -> str:
    [judged] = sifted(row).judged
    return judged.reason if judged else ""


def test_an_ordinary_row_is_left_to_the_database() -> None:
    found = sifted(CourseRow(2, " RV-1 ", f" {HYD} ", " active ", "", str(OTHER)))
    assert found.judged == [None]
    assert (found.folded, found.course_run_id, found.is_active) == (["rv-1"], [1], [True])
    assert (found.is_staff, found.match_curriculum_id) == ([None], [20])


def test_a_run_may_be_called_as_the_school_calls_it() -> None:
    assert sifted(CourseRow(2, "a", "H-31", "active")).course_run_id == [1]


@pytest.mark.parametrize(
    ("course_id", "words"),
    [
        ("twice", "several course runs of the program are called 'twice'; use the run's own key"),
        ("H-32", "the program has no course run 'H-32'"),
        ("h-31", "the program has no course run 'h-31'"),
        ("", "the program has no course run ''"),
        ("\x00", "the program has no course run '\\x00'"),
        ("\ud800", "the program has no course run '\\ud800'"),
    ],
)
def test_a_run_that_is_not_clear_is_not_found(course_id: str, words: str) -> None:
    assert verdicts(CourseRow(2, "a", course_id, "active")) == ["course-not-found"]
    assert reason(CourseRow(2, "a", course_id, "active")) == words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        (" ", None),
        *((text, True) for text in ("true", "True", "yes", "Y", "t", "on", "1", " TRUE ")),
        *((text, False) for text in ("false", "No", "n", "F", "off", "0")),
    ],
)
def test_course_staff_is_true_false_or_not_said(text: str, *, meant: bool | None) -> None:
    assert sifted(CourseRow(2, "a", HYD, "active", text)).is_staff == [meant]


@pytest.mark.parametrize("text", ["null", "None", "maybe", "2", "\x00"])
def test_other_words_for_course_staff_are_invalid(text: str) -> None:
    assert verdicts(CourseRow(2, "a", HYD, "active", text)) == ["invalid-course-staff"]
    assert reason(CourseRow(2, "a", HYD, "active", "maybe")) == (
        "course_staff is 'maybe'; true, false or nothing is possible"
    )


@pytest.mark.parametrize("status", ["Active", "enrolled", "", "1", "\x00"])
def test_a_status_is_active_or_inactive_to_the_letter(status: str) -> None:
    assert verdicts(CourseRow(2, "a", HYD, status)) == ["invalid-status"]


def test_the_order_of_what_is_wrong_is_the_contracts() -> None:
    rows = [
        CourseRow(2, "", "nowhere", "nonsense", "maybe", "x"),
        CourseRow(3, "a", "nowhere", "nonsense", "maybe", "x"),
        CourseRow(4, "b", HYD, "nonsense", "maybe", "x"),
        CourseRow(5, "B", "H-31", "active"),
        CourseRow(6, "c", HYD, "nonsense", "maybe", "x"),
        CourseRow(7, "d", HYD, "active", "maybe", "x"),
        CourseRow(8, "e", HYD, "active", "", "x"),
        CourseRow(9, "f", HYD, "active"),
    ]
    expected = [
        "invalid-key",
        "course-not-found",
        "duplicated",
        "duplicated",
        "invalid-status",
        "invalid-course-staff",
    ]
    assert verdicts(*rows) == [*expected, "invalid-curriculum", None]
    assert verdicts(*rows, by_curriculum=False) == [*expected, None, None]


def test_a_student_in_two_runs_is_not_repeated() -> None:
    assert (
        verdicts(CourseRow(2, "a", HYD, "active"), CourseRow(3, "a", BOT, "active")) == [None] * 2
    )


def test_one_run_under_its_two_names_is() -> None:
    rows = [CourseRow(2, "a", HYD, "active"), CourseRow(3, "A", "H-31", "inactive")]
    assert verdicts(*rows) == ["duplicated"] * 2
    [first, _] = sifted(*rows).judged
    assert first is not None
    assert first.reason == (
        "the same student key and course run is also on line 3; none of these rows is applied"
    )


def test_one_run_under_two_named_curricula_is_not() -> None:
    rows = [
        CourseRow(2, "a", HYD, "active", "", str(ACTIVE)),
        CourseRow(3, "a", HYD, "active", "", str(OTHER)),
    ]
    assert verdicts(*rows) == [None] * 2
    assert verdicts(*rows, by_curriculum=False) == ["duplicated"] * 2
