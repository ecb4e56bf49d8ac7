"""Writing a program's course enrollments: a verdict for every row, and the grants meant."""

from datetime import timedelta
from typing import Any

import pytest

from matricula.lms.catalog.api import Curriculum, Program, ProgramOutline, get_program
from matricula.lms.course_enrollments.api import (
    CourseEnrollment,
    CourseRole,
    CourseRow,
    plan_program_course_enrollments,
    write_program_course_enrollments,
)
from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import Judgement, WriteMode
from matricula.lms.ledger.api import Change
from matricula.lms.program_enrollments.api import ProgramEnrollment, ProgramRow
from matricula.lms.program_enrollments.api import write_program_enrollments as write_programs
from tests import given
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)
HYD = "course-v1:RiverU+HYD1+2031_T1"
BOT = "course-v1:RiverU+BOT1+2031_T1"


def write(
    program: ProgramOutline,
    *rows: CourseRow,
    mode: WriteMode = WriteMode.UPSERT,
    **more: Any,  # noqa: ANN401  what the operation takes
) -> list[Judgement]:
    return write_program_course_enrollments(
        program=program, rows=rows, mode=mode, by=given.OPERATOR, at=LATER, **more
    )


def answers(judged: list[Judgement]) -> list[tuple[str, str]]:
    return [(judgement.action.value, judgement.verdict) for judgement in judged]


def stored() -> list[tuple[str, str, bool]]:
    found = CourseEnrollment.objects.values_list("identity__value", "mode", "is_active")
    return sorted(found)


def staff() -> list[str]:
    return sorted(CourseRole.objects.values_list("identity__value", flat=True))


def hydrology(*keys: str, mode: str = "masters") -> ProgramOutline:
    made = given.program(runs=[given.course_run(external_key="H-31")], mode=mode)
    given.enrolled(*keys, program=made)
    return made


def test_new_grants_are_made_and_known_ones_updated() -> None:
    program = hydrology("rv-1", "rv-2", "rv-3")
    given.on_course("rv-1", "rv-2", program=program, run=given.course_run())
    judged = write(
        program,
        CourseRow(2, "RV-1", HYD, "inactive"),
        CourseRow(3, "rv-2", HYD, "active"),
        CourseRow(4, "rv-3", "H-31", "active"),
    )
    assert answers(judged) == [
        ("update", "inactive"),
        ("unchanged", "active"),
        ("create", "active"),
    ]
    assert {judgement.reason for judgement in judged} == {""}
    assert stored() == [
        ("rv-1", "masters", False),
        ("rv-2", "masters", True),
        ("rv-3", "masters", True),
    ]


@pytest.mark.parametrize(
    ("mode", "known", "unknown"),
    [
        (WriteMode.CREATE, ("refuse", "conflict"), ("create", "inactive")),
        (WriteMode.UPDATE, ("update", "inactive"), ("refuse", "not-found")),
        (WriteMode.UPSERT, ("update", "inactive"), ("create", "inactive")),
    ],
)
def test_the_mode_says_what_may_happen(
    mode: WriteMode, known: tuple[str, str], unknown: tuple[str, str]
) -> None:
    program = hydrology("rv-1", "rv-2")
    given.on_course("rv-1", program=program, run=given.course_run())
    rows = [CourseRow(2, "rv-1", HYD, "inactive"), CourseRow(3, "rv-2", HYD, "inactive")]
    assert answers(write(program, *rows, mode=mode)) == [known, unknown]
    expected = [("rv-1", "masters", known[0] != "update")]
    assert stored() == expected + [("rv-2", "masters", False)] * (unknown[0] == "create")


@pytest.mark.parametrize("mode", list(WriteMode))
def test_who_is_not_in_the_program_has_none_of_its_courses(mode: WriteMode) -> None:
    program = hydrology("rv-1")
    given.enrolled("rv-2", program=given.program("botany"))
    for key in ("rv-2", "never-heard-of"):
        [judged] = write(program, CourseRow(2, key, HYD, "active"), mode=mode)
        assert judged.verdict == "not-in-program"
        assert judged.reason == "the student is not in the program; enroll them there first"
    assert len(read_all()["identity"]) == 2


@pytest.mark.parametrize("status", ["enrolled", "pending", "suspended", "canceled", "ended"])
def test_any_status_counts_as_in_the_program(status: str) -> None:
    program = hydrology()
    given.enrolled("rv-1", program=program, status=status)
    assert answers(write(program, CourseRow(2, "rv-1", HYD, "active"))) == [("create", "active")]


@pytest.mark.parametrize("mode", ["masters", "verified", "audit"])
def test_a_new_grant_has_the_mode_of_the_program(mode: str) -> None:
    given.on_course("rv-1", program=hydrology("rv-1", mode=mode), run=given.course_run())
    assert stored() == [("rv-1", mode, True)]


def test_a_grant_keeps_its_mode_when_the_programs_changes() -> None:
    program = hydrology("rv-1", "rv-2")
    given.on_course("rv-1", program=program, run=given.course_run(), status="inactive")
    Program.objects.update(mode="verified")
    changed = get_program(key=program.key)
    write(changed, CourseRow(2, "rv-1", HYD, "active"), CourseRow(3, "rv-2", HYD, "active"))
    assert stored() == [("rv-1", "masters", True), ("rv-2", "verified", True)]


@pytest.mark.parametrize("status", ["canceled", "suspended"])
def test_leaving_the_program_touches_no_grant(status: str) -> None:
    program = hydrology("rv-1")
    given.on_course("rv-1", program=program, run=given.course_run(), course_staff="true")
    before = read_all()
    given.enrolled("rv-1", program=program, status=status)
    after = read_all()
    assert before["course_enrollment"] == after["course_enrollment"]
    assert before["course_role"] == after["course_role"]
    assert before["program_enrollment"] != after["program_enrollment"]


class TestCourseStaff:
    @pytest.mark.parametrize("before", ["", "true"])
    @pytest.mark.parametrize("said", ["", "true", "false"])
    def test_it_is_given_taken_or_left_alone(self, before: str, said: str) -> None:
        program = hydrology("rv-1")
        given.on_course("rv-1", program=program, run=given.course_run(), course_staff=before)
        [judged] = write(program, CourseRow(2, "rv-1", HYD, "active", said))
        expected = said == "true" or (said == "" and before == "true")
        assert staff() == (["rv-1"] if expected else [])
        assert judged.action == ("update" if expected is not (before == "true") else "unchanged")

    @pytest.mark.parametrize(("said", "expected"), [("", []), ("yes", ["rv-1"]), ("no", [])])
    def test_it_comes_with_a_new_grant(self, said: str, expected: list[str]) -> None:
        write(hydrology("rv-1"), CourseRow(2, "rv-1", HYD, "inactive", said))
        assert staff() == expected

    def test_a_refused_row_changes_none(self) -> None:
        program = hydrology("rv-1")
        given.on_course("rv-1", program=program, run=given.course_run())
        row = CourseRow(2, "rv-1", HYD, "active", "true")
        assert write(program, row, mode=WriteMode.CREATE)[0].verdict == "conflict"
        assert staff() == []

    def test_it_is_taken_from_this_program_alone(self) -> None:
        program, run = hydrology("rv-1"), given.course_run()
        other = given.program("botany", runs=[run])
        given.enrolled("rv-1", program=other)
        for each in (program, other):
            given.on_course("rv-1", program=each, run=run, course_staff="true")
        write(program, CourseRow(2, "rv-1", HYD, "active", "false"))
        [left] = CourseRole.objects.all()
        assert left.program_enrollment is not None
        assert left.program_enrollment.program_id == other.id

    def test_only_a_changed_status_changes_the_grant(self) -> None:
        program = hydrology("rv-1")
        given.on_course("rv-1", program=program, run=given.course_run())
        write(program, CourseRow(2, "rv-1", HYD, "active", "true"))
        assert CourseEnrollment.objects.get().modified_at == given.NOW
        write(program, CourseRow(2, "rv-1", HYD, "inactive", "true"))
        assert CourseEnrollment.objects.get().modified_at == LATER


class TestRuns:
    def test_a_run_of_a_nested_program_is_the_programs(self) -> None:
        inner = given.program("inner", runs=[given.course_run()])
        middle, outer = given.program("middle"), given.program("outer")
        Curriculum.objects.get(program=middle.id).programs.add(inner.id)
        Curriculum.objects.get(program=outer.id).programs.add(middle.id)
        program = get_program(key="outer")
        given.enrolled("rv-1", program=program)
        assert answers(write(program, CourseRow(2, "rv-1", HYD, "active"))) == [
            ("create", "active")
        ]

    @pytest.mark.parametrize(("position", "found"), [(0, True), (1, False), (2, False)])
    def test_only_the_first_active_curriculum_counts(self, position: int, *, found: bool) -> None:
        outline = given.program(active_curricula=2, inactive_curricula=1)
        curriculum = Curriculum.objects.get(program=outline.id, position=position)
        curriculum.course_runs.add(given.course_run())
        given.enrolled("rv-1", program=outline)
        [judged] = write(get_program(key=outline.key), CourseRow(2, "rv-1", HYD, "active"))
        assert judged.verdict == ("active" if found else "course-not-found")

    def test_an_ambiguous_external_key_is_not_found(self) -> None:
        runs = [given.course_run(number, external_key="H-31") for number in ("HYD1", "HYD2")]
        program = given.program(runs=runs)
        given.enrolled("rv-1", program=program)
        [judged] = write(program, CourseRow(2, "rv-1", "H-31", "active"))
        assert judged.verdict == "course-not-found"
        assert judged.reason.startswith("several course runs of the program are called 'H-31'")
        assert write(program, CourseRow(2, "rv-1", HYD, "active"))[0].verdict == "active"

    def test_a_run_of_another_program_is_not_found(self) -> None:
        given.program("botany", runs=[given.course_run("BOT1")])
        [judged] = write(hydrology("rv-1"), CourseRow(2, "rv-1", BOT, "active"))
        assert judged.verdict == "course-not-found"


class TestCurricula:
    @pytest.fixture
    def program(self) -> ProgramOutline:
        """rv-1 is in both curricula."""
        made = given.program(runs=[given.course_run()], active_curricula=2)
        rows = [ProgramRow(n, "rv-1", "enrolled", str(u)) for n, u in enumerate(made.curricula)]
        write_programs(
            program=made, rows=rows, mode=WriteMode.UPSERT, by=given.OPERATOR, at=given.NOW
        )
        return made

    def positions(self) -> list[int]:
        found = CourseEnrollment.objects.values_list(
            "program_enrollment__curriculum__position", flat=True
        )
        return sorted(found)

    def test_a_named_one_is_meant(self, program: ProgramOutline) -> None:
        second = str(list(program.curricula)[1])
        write(program, CourseRow(2, "rv-1", HYD, "active", "", second))
        assert self.positions() == [1]

    def test_else_the_active_one_is(self, program: ProgramOutline) -> None:
        second = str(list(program.curricula)[1])
        write(program, CourseRow(2, "rv-1", HYD, "active"))
        write(program, CourseRow(2, "rv-1", HYD, "active", "", second), by_curriculum=False)
        assert self.positions() == [0]

    def test_both_can_grant_one_run(self, program: ProgramOutline) -> None:
        rows = [
            CourseRow(line, "rv-1", HYD, "active", "", str(uuid))
            for line, uuid in enumerate(program.curricula)
        ]
        assert answers(write(program, *rows)) == [("create", "active")] * 2
        assert self.positions() == [0, 1]
        assert answers(write(program, *rows)) == [("unchanged", "active")] * 2

    def test_who_is_not_under_the_named_one_is_not_in_the_program(
        self, program: ProgramOutline
    ) -> None:
        given.enrolled("rv-2", program=program)
        second = str(list(program.curricula)[1])
        [judged] = write(program, CourseRow(2, "rv-2", HYD, "active", "", second))
        assert judged.verdict == "not-in-program"


def test_an_atomic_write_is_all_or_nothing() -> None:
    program = hydrology("rv-1")
    before = read_all()
    rows = [CourseRow(2, "rv-1", HYD, "active", "true"), CourseRow(3, "rv-2", HYD, "active")]
    judged = write(program, *rows, atomic=True, one_program_per_run=True)
    assert answers(judged) == [("create", "active"), ("refuse", "not-in-program")]
    assert read_all() == before
    assert answers(write(program, rows[0], atomic=True)) == [("create", "active")]


@pytest.mark.parametrize("one_program_per_run", [True, False])
@pytest.mark.parametrize("mode", list(WriteMode))
@pytest.mark.parametrize("filler", [0, 600])
def test_a_plan_is_what_the_write_then_says(
    mode: WriteMode, filler: int, *, one_program_per_run: bool
) -> None:
    fillers = [f"f-{n}" for n in range(filler)]
    program, run = hydrology("rv-1", "rv-2", "rv-3", *fillers), given.course_run()
    other = given.program("botany", runs=[run])
    given.enrolled("rv-3", program=other)
    given.on_course("rv-3", program=other, run=run)
    given.on_course("rv-1", *fillers[::2], program=program, run=run, course_staff="true")
    rows = [
        CourseRow(2, "rv-1", HYD, "inactive"),
        CourseRow(3, "rv-2", HYD, "active", "true"),
        CourseRow(4, "rv-3", HYD, "active"),
        CourseRow(5, "rv-9", HYD, "active"),
        CourseRow(6, "rv-1", BOT, "active"),
        *(CourseRow(7 + n, key, HYD, "inactive", "false") for n, key in enumerate(fillers)),
    ]
    how: dict[str, Any] = {"mode": mode, "one_program_per_run": one_program_per_run}
    before = read_all()
    planned = plan_program_course_enrollments(program=program, rows=rows, by=given.OPERATOR, **how)
    assert read_all() == before
    assert write(program, *rows, **how) == planned
    assert (planned[2].verdict == "conflict") is one_program_per_run
    assert read_all() != before


@pytest.mark.parametrize("count", [3, 600])
def test_writing_again_changes_nothing(count: int) -> None:
    keys = [f"rv-{n}" for n in range(count)]
    program = hydrology(*keys)
    rows = [CourseRow(n, key, HYD, "active", "true") for n, key in enumerate(keys)]
    write(program, *rows)
    before = Change.objects.count()
    assert set(answers(write(program, *rows, one_program_per_run=True))) == {
        ("unchanged", "active")
    }
    assert Change.objects.count() == before


def test_a_waiting_direct_grant_is_another_grant() -> None:
    program, run = hydrology("rv-1"), given.course_run()
    given.granted(given.key_of("rv-1"), run=run, grant_mode="audit")
    given.granted(email_address("a@example.org"), run=run)
    [judged] = write(program, CourseRow(2, "rv-1", HYD, "active"), mode=WriteMode.CREATE)
    assert judged.verdict == "active"
    assert CourseEnrollment.objects.filter(identity__value="rv-1").count() == 2
    assert ProgramEnrollment.objects.count() == 1
