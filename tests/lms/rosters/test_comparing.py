import random
from itertools import permutations

import pytest
from hypothesis import given as sampled
from hypothesis import strategies

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.sifting import sift as sift_courses
from matricula.lms.kernel.api import fold
from matricula.lms.program_enrollments.sifting import sift
from matricula.lms.rosters import comparing, reading
from matricula.lms.rosters.comparing import survey_roster
from matricula.lms.rosters.reading import as_roster, read_roster
from tests import given
from tests.lms.rosters.answering import file_of, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def hydrology() -> ProgramOutline:
    runs = [given.course_run("HYD1", external_key="hyd"), given.course_run("HYD2")]
    return given.program("hydrology", runs=runs, active_curricula=2)


def roster(*rows: str, header: str = "student_key,status") -> str:
    return "\n".join((header, *rows)) + "\n"


def test_a_key_that_is_repeated_far_away_is_refused_on_both_lines(
    hydrology: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 2)
    keys = ["rv-1", "rv-2", "rv-3", "rv-4", " RV-1 "]
    answered = planned(roster(*(f"{key},enrolled" for key in keys)), program=hydrology)
    assert answered.verdicts == ["duplicated", *["enrolled"] * 3, "duplicated"]
    assert answered.reasons[0] == (
        "the same student key is also on line 6; none of these rows is applied"
    )
    assert "line 2" in answered.reasons[4]


def test_many_repetitions_are_counted_and_not_all_named(hydrology: ProgramOutline) -> None:
    answered = planned(roster(*["rv-1,enrolled"] * 1000), program=hydrology)
    assert answered.reasons[2] == (
        "the same student key is also on line 2, 3, 5, 6, 7 and 994 more; "
        "none of these rows is applied"
    )


def test_rows_that_each_name_a_curriculum_are_no_repetition(hydrology: ProgramOutline) -> None:
    first, second = hydrology.curricula
    header = "student_key,status,curriculum_uuid"
    each = roster(f"rv-1,enrolled,{first}", f"rv-1,ended,{second}", header=header)
    assert planned(each, program=hydrology).verdicts == ["enrolled", "ended"]
    open_ = roster(f"rv-1,enrolled,{first}", "rv-1,ended,", header=header)
    assert planned(open_, program=hydrology).verdicts == ["duplicated"] * 2
    same = roster(*[f"rv-1,enrolled,{first}"] * 2, f"rv-1,ended,{second}", header=header)
    assert planned(same, program=hydrology).verdicts == ["duplicated"] * 3


def test_a_run_is_the_same_by_its_own_key_and_by_the_schools(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    rows = ["rv-1,hyd,active", "rv-1,course-v1:RiverU+HYD1+2031_T1,active"]
    other = "rv-1,course-v1:RiverU+HYD2+2031_T1,active"
    answered = planned(
        roster(*rows, other, header="student_key,course_id,status"), program=hydrology
    )
    assert answered.verdicts == ["duplicated", "duplicated", "active"]
    assert "the same student key and course run is also on line 3" in answered.reasons[0]


def test_a_course_row_that_leaves_the_curriculum_open_repeats_one_that_names_it(
    hydrology: ProgramOutline,
) -> None:
    given.enrolled("rv-1", program=hydrology)
    uuid = next(iter(hydrology.curricula))
    text = roster(
        f"rv-1,hyd,active,{uuid}",
        "rv-1,hyd,inactive,",
        header="student_key,course_id,status,curriculum_uuid",
    )
    assert planned(text, program=hydrology).verdicts == ["duplicated"] * 2


def test_keys_that_share_a_hash_are_two_keys(
    hydrology: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "hash", len, raising=False)
    answered = planned(
        roster("rv-1,enrolled", "rv-2,enrolled", "rv-3,enrolled", "rv-2,ended"), program=hydrology
    )
    assert answered.verdicts == ["enrolled", "duplicated", "enrolled", "duplicated"]


ROWS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(["a", "A ", "ß", "SS", "b", "", "x" * 300]),
        strategies.sampled_from(["enrolled", "gone"]),
        strategies.sampled_from(["", "0", "1", "None", "unknown"]),
        strategies.sampled_from(["hyd", "course-v1:RiverU+HYD1+2031_T1", "HYD9"]),
    ),
    max_size=12,
)


def test_a_file_is_judged_as_its_rows_would_be_in_one_call(
    hydrology: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole-file search and the one inside a call must never differ."""
    monkeypatch.setattr(reading, "CHUNK_ROWS", 3)
    uuids = {str(place): str(uuid) for place, uuid in enumerate(hydrology.curricula)}

    @sampled(ROWS)
    def judged_alike(rows: list[tuple[str, str, str, str]]) -> None:
        named = [(k, s, uuids.get(c, c), run) for k, s, c, run in rows] or [("a", "x", "", "hyd")]
        program_text = roster(
            *(f'"{k}",{s},{c}' for k, s, c, _ in named),
            header="student_key,status,curriculum_uuid",
        )
        course_text = roster(
            *(f'"{k}",{run},{s},{c}' for k, s, c, run in named),
            header="student_key,course_id,status,curriculum_uuid",
        )
        for text, app in ((program_text, sift), (course_text, sift_courses)):
            rows_of_file = [row for chunk in read_roster(file_of(text))[1] for row in chunk.rows]
            survey = survey_roster(roster=as_roster(file_of(text)), program=hydrology)
            whole = app(rows_of_file, program=hydrology, by_curriculum=True)  # type: ignore[arg-type]
            given_ = app(
                rows_of_file,  # type: ignore[arg-type]
                program=hydrology,
                by_curriculum=True,
                repeats=survey.repeats,
            )
            assert whole.judged == given_.judged

    judged_alike()


def test_neither_order_nor_chunks_change_a_verdict(
    hydrology: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.enrolled("rv-0", "rv-5", program=hydrology)
    keys = [f"rv-{number}" for number in range(12)] + ["RV-3", "rv-7 ", "rv-7", "", "x" * 256]
    rows = [f"{key},{'gone' if place % 5 == 4 else 'enrolled'}" for place, key in enumerate(keys)]
    shuffled = random.Random(7)  # noqa: S311  a fixed shuffle
    expected: dict[str, tuple[str, str]] | None = None
    for size in (1, 2, 5, 100):
        monkeypatch.setattr(reading, "CHUNK_ROWS", size)
        for _ in range(5):
            shuffled.shuffle(rows)
            answered = planned(roster(*rows), program=hydrology)
            by_content = dict(
                zip(
                    sorted(rows, key=rows.index),
                    zip(answered.actions, answered.verdicts, strict=True),
                    strict=True,
                )
            )
            expected = expected or by_content
            assert by_content == expected


def test_letter_cases_of_a_key_repeat_each_other_in_any_order(hydrology: ProgramOutline) -> None:
    for keys in permutations(["straße", "STRASSE", "Strasse"]):
        assert len({fold(key) for key in keys}) == 1
        answered = planned(roster(*(f"{key},enrolled" for key in keys)), program=hydrology)
        assert answered.verdicts == ["duplicated"] * 3
