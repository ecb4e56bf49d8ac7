"""Writing program enrollments: a verdict for every row, and the rows that were meant."""

from datetime import timedelta
from typing import Any
from unicodedata import normalize

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Judgement, WriteMode
from matricula.lms.ledger.api import Change
from matricula.lms.program_enrollments.api import (
    ProgramEnrollment,
    ProgramRow,
    plan_program_enrollments,
    write_program_enrollments,
)
from tests import given
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


def write(
    program: ProgramOutline,
    *rows: ProgramRow,
    mode: WriteMode = WriteMode.UPSERT,
    **more: Any,  # noqa: ANN401  what the operation takes
) -> list[Judgement]:
    return write_program_enrollments(
        program=program, rows=rows, mode=mode, by=given.OPERATOR, at=LATER, **more
    )


def answers(judged: list[Judgement]) -> list[tuple[str, str]]:
    return [(judgement.action.value, judgement.verdict) for judgement in judged]


def stored() -> list[tuple[str, str]]:
    return sorted(ProgramEnrollment.objects.values_list("identity__value", "status"))


def curricula_of(key: str) -> list[int]:
    found = ProgramEnrollment.objects.filter(identity__folded=key)
    return sorted(found.values_list("curriculum__position", flat=True))


def test_new_students_are_enrolled_and_known_ones_updated() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", program=program)
    judged = write(
        program,
        ProgramRow(2, "rv-1", "ended"),
        ProgramRow(3, "rv-2", "enrolled"),
        ProgramRow(4, "rv-3", "pending"),
    )
    assert answers(judged) == [
        ("update", "ended"),
        ("unchanged", "enrolled"),
        ("create", "pending"),
    ]
    assert [judgement.line for judgement in judged] == [2, 3, 4]
    assert {judgement.reason for judgement in judged} == {""}
    assert stored() == [("rv-1", "ended"), ("rv-2", "enrolled"), ("rv-3", "pending")]


@pytest.mark.parametrize("status", ["enrolled", "pending", "suspended", "canceled", "ended"])
def test_every_status_can_be_written(status: str) -> None:
    program = given.program()
    assert answers(write(program, ProgramRow(2, "rv-1", status))) == [("create", status)]
    assert stored() == [("rv-1", status)]


@pytest.mark.parametrize("by_curriculum", [True, False])
@pytest.mark.parametrize(
    ("mode", "known", "unknown"),
    [
        (WriteMode.CREATE, ("refuse", "conflict"), ("create", "ended")),
        (WriteMode.UPDATE, ("update", "ended"), ("refuse", "not-in-program")),
        (WriteMode.UPSERT, ("update", "ended"), ("create", "ended")),
    ],
)
def test_the_mode_says_what_may_happen(
    mode: WriteMode, known: tuple[str, str], unknown: tuple[str, str], *, by_curriculum: bool
) -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    rows = [ProgramRow(2, "RV-1", "ended"), ProgramRow(3, "rv-2", "ended")]
    assert answers(write(program, *rows, mode=mode, by_curriculum=by_curriculum)) == [
        known,
        unknown,
    ]
    assert (("rv-1", "ended") in stored()) is (known[0] == "update")
    assert (("rv-2", "ended") in stored()) is (unknown[0] == "create")


def test_a_row_that_stands_so_already_is_a_conflict_for_who_only_creates() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    [judged] = write(program, ProgramRow(2, "rv-1", "enrolled"), mode=WriteMode.CREATE)
    assert judged.verdict == "conflict"
    assert judged.reason == "the student is in the program already, and this call only creates"


def test_an_update_never_makes_a_name() -> None:
    write(given.program(), ProgramRow(2, "rv-1", "ended"), mode=WriteMode.UPDATE)
    assert read_all()["identity"] == []


def test_a_refused_row_makes_no_name() -> None:
    program = given.program(active_curricula=0)
    [judged] = write(program, ProgramRow(2, "rv-1", "enrolled"))
    assert judged.verdict == "invalid-curriculum"
    assert judged.reason == "the program has no such curriculum, or none that is active"
    assert read_all()["identity"] == []


@pytest.mark.parametrize(
    "pair",
    [
        ("rv-1", "RV-1"),
        ("straße", "STRASSE"),
        ("Zoë", normalize("NFD", "ZOË")),
        ("σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("rv-1", " rv-1 "),
    ],
)
def test_one_student_twice_is_applied_in_no_spelling(pair: tuple[str, str]) -> None:
    program = given.program()
    rows = [ProgramRow(line, key, "enrolled") for line, key in zip((2, 7), pair, strict=True)]
    judged = write(program, *rows, ProgramRow(8, "rv-9", "enrolled"))
    assert answers(judged) == [("refuse", "duplicated")] * 2 + [("create", "enrolled")]
    assert "line 7" in judged[0].reason
    assert "line 2" in judged[1].reason
    assert stored() == [("rv-9", "enrolled")]


def test_a_stored_name_is_found_in_any_spelling_and_keeps_its_own() -> None:
    program = given.program()
    given.enrolled("Zoë", program=program)
    [judged] = write(program, ProgramRow(2, normalize("NFD", "ZOË"), "ended"))
    assert judged.verdict == "ended"
    assert stored() == [("Zoë", "ended")]


def test_another_schools_student_of_that_key_is_another_person() -> None:
    given.enrolled("rv-1", program=given.program())
    lake = given.program("botany", school_key="LakeU")
    [judged] = write(lake, ProgramRow(2, "rv-1", "enrolled"), mode=WriteMode.CREATE)
    assert judged.verdict == "enrolled"
    assert len(read_all()["identity"]) == 2


def test_another_program_of_the_school_has_the_same_students() -> None:
    given.enrolled("rv-1", program=given.program())
    [judged] = write(
        given.program("botany"), ProgramRow(2, "rv-1", "ended"), mode=WriteMode.CREATE
    )
    assert judged.verdict == "ended"
    assert len(read_all()["identity"]) == 1


def test_nothing_to_write_is_nothing_written() -> None:
    program = given.program()
    before = read_all()
    assert write(program) == []
    assert read_all() == before


def test_updating_keeps_when_it_was_made() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", program=program)
    write(program, ProgramRow(2, "rv-1", "ended"), ProgramRow(3, "rv-2", "enrolled"))
    times = ProgramEnrollment.objects.order_by("pk").values_list("created_at", "modified_at")
    assert list(times) == [(given.NOW, LATER), (given.NOW, given.NOW)]


class TestCurricula:
    def rows(
        self, program: ProgramOutline, *positions: int, status: str = "enrolled"
    ) -> list[ProgramRow]:
        uuids = list(program.curricula)
        return [
            ProgramRow(line, "rv-1", status, str(uuids[position]))
            for line, position in enumerate(positions, start=2)
        ]

    def test_the_first_active_one_is_meant_by_none(self) -> None:
        program = given.program(active_curricula=2)
        given.enrolled("rv-1", program=program)
        write(program, ProgramRow(2, "rv-2", "enrolled", "None"))
        assert (curricula_of("rv-1"), curricula_of("rv-2")) == ([0], [0])

    def test_an_inactive_one_can_be_named(self) -> None:
        program = given.program(inactive_curricula=1)
        assert answers(write(program, *self.rows(program, 1))) == [("create", "enrolled")]
        assert curricula_of("rv-1") == [1]

    def test_a_second_one_is_another_enrollment_for_who_asks_by_it(self) -> None:
        program = given.program(active_curricula=2)
        given.enrolled("rv-1", program=program)
        [judged] = write(program, *self.rows(program, 1), mode=WriteMode.CREATE)
        assert judged.verdict == "enrolled"
        assert curricula_of("rv-1") == [0, 1]

    def test_two_of_them_can_be_written_at_once(self) -> None:
        program = given.program(active_curricula=2)
        assert answers(write(program, *self.rows(program, 0, 1))) == [("create", "enrolled")] * 2
        assert curricula_of("rv-1") == [0, 1]

    def test_a_second_one_is_a_conflict_for_who_does_not(self) -> None:
        program = given.program(active_curricula=2)
        given.enrolled("rv-1", program=program)
        [judged] = write(
            program, *self.rows(program, 1), mode=WriteMode.CREATE, by_curriculum=False
        )
        assert judged.verdict == "conflict"

    def test_who_does_not_ask_by_it_updates_whatever_is_there(self) -> None:
        program = given.program(active_curricula=2)
        given.enrolled("rv-1", program=program)
        rows = self.rows(program, 1, status="ended")
        assert answers(write(program, *rows, by_curriculum=False)) == [("update", "ended")]
        assert curricula_of("rv-1") == [0]

    def test_who_asks_by_one_that_the_student_is_not_in_finds_nothing_to_update(self) -> None:
        program = given.program(active_curricula=2)
        given.enrolled("rv-1", program=program)
        [judged] = write(program, *self.rows(program, 1), mode=WriteMode.UPDATE)
        assert judged.verdict == "not-in-program"

    @pytest.mark.parametrize("by_curriculum", [True, False])
    def test_of_several_the_active_one_is_meant(self, *, by_curriculum: bool) -> None:
        program = given.program(active_curricula=2)
        write(program, *self.rows(program, 0, 1))
        write(program, ProgramRow(2, "rv-1", "ended"), by_curriculum=by_curriculum)
        found = ProgramEnrollment.objects.order_by("curriculum__position")
        assert list(found.values_list("status", flat=True)) == ["ended", "enrolled"]

    def test_else_the_newest_is(self) -> None:
        program = given.program(active_curricula=1, inactive_curricula=2)
        write(program, *self.rows(program, 2, 1))
        write(program, ProgramRow(2, "rv-1", "ended"))
        found = ProgramEnrollment.objects.order_by("pk")
        assert list(found.values_list("status", flat=True)) == ["enrolled", "ended"]

    @pytest.mark.parametrize("text", ["x", "0b3a5c1e-0000-4000-8000-000000000002"])
    def test_an_unknown_one_is_refused_first_for_who_asks_by_it(self, text: str) -> None:
        program = given.program()
        given.enrolled("rv-1", program=program)
        for mode in WriteMode:
            [judged] = write(program, ProgramRow(2, "rv-1", "ended", text), mode=mode)
            assert judged.verdict == "invalid-curriculum"

    @pytest.mark.parametrize(
        ("mode", "known", "unknown"),
        [
            (WriteMode.CREATE, "conflict", "invalid-curriculum"),
            (WriteMode.UPDATE, "ended", "not-in-program"),
            (WriteMode.UPSERT, "ended", "invalid-curriculum"),
        ],
    )
    def test_an_unknown_one_matters_only_to_new_rows_of_others(
        self, mode: WriteMode, known: str, unknown: str
    ) -> None:
        program = given.program()
        given.enrolled("rv-1", program=program)
        rows = [ProgramRow(2, "rv-1", "ended", "x"), ProgramRow(3, "rv-2", "ended", "x")]
        judged = write(program, *rows, mode=mode, by_curriculum=False)
        assert [judgement.verdict for judgement in judged] == [known, unknown]

    def test_a_curriculum_of_another_program_is_unknown(self) -> None:
        other = given.program("botany")
        row = ProgramRow(2, "rv-1", "enrolled", str(next(iter(other.curricula))))
        assert write(given.program(), row)[0].verdict == "invalid-curriculum"


class TestAtomic:
    def test_one_refused_row_holds_all_of_them_back(self) -> None:
        program = given.program()
        given.enrolled("rv-1", program=program)
        before = read_all()
        rows = [ProgramRow(2, "rv-1", "ended"), ProgramRow(3, "rv-2", "enrolled")]
        judged = write(program, *rows, mode=WriteMode.CREATE, atomic=True)
        assert answers(judged) == [("refuse", "conflict"), ("create", "enrolled")]
        assert read_all() == before

    def test_a_row_that_is_refused_before_the_database_is_asked_does_so_too(self) -> None:
        program = given.program()
        before = read_all()
        rows = [ProgramRow(2, "rv-1", "enrolled"), ProgramRow(3, "rv-2", "nonsense")]
        assert answers(write(program, *rows, atomic=True)) == [
            ("create", "enrolled"),
            ("refuse", "invalid-status"),
        ]
        assert read_all() == before

    def test_without_refusals_all_is_written(self) -> None:
        rows = [ProgramRow(2, "rv-1", "enrolled"), ProgramRow(3, "rv-2", "enrolled")]
        write(given.program(), *rows, atomic=True)
        assert len(stored()) == 2


class TestPlan:
    @pytest.mark.parametrize("by_curriculum", [True, False])
    @pytest.mark.parametrize("mode", list(WriteMode))
    @pytest.mark.parametrize("filler", [0, 600])
    def test_a_plan_is_what_the_write_then_says(
        self, mode: WriteMode, filler: int, *, by_curriculum: bool
    ) -> None:
        program = given.program(active_curricula=2)
        given.enrolled("rv-1", "rv-2", *(f"f-{n}" for n in range(filler // 2)), program=program)
        second = str(list(program.curricula)[1])
        rows = [
            ProgramRow(2, "RV-1", "ended"),
            ProgramRow(3, "rv-2", "enrolled"),
            ProgramRow(4, "rv-3", "enrolled"),
            ProgramRow(5, "rv-4", "nonsense"),
            ProgramRow(6, "", "enrolled"),
            ProgramRow(7, "rv-5", "enrolled", "x"),
            ProgramRow(8, "rv-6", "enrolled", second),
            ProgramRow(9, "rv-7", "enrolled"),
            ProgramRow(10, "RV-7", "ended"),
            *(ProgramRow(11 + n, f"F-{n}", "pending") for n in range(filler)),
        ]
        before = read_all()
        planned = plan_program_enrollments(
            program=program, rows=rows, mode=mode, by=given.OPERATOR, by_curriculum=by_curriculum
        )
        assert read_all() == before
        assert write(program, *rows, mode=mode, by_curriculum=by_curriculum) == planned
        assert read_all() != before

    def test_planning_nothing_is_nothing(self) -> None:
        planned = plan_program_enrollments(
            program=given.program(), rows=[], mode=WriteMode.UPSERT, by=given.OPERATOR
        )
        assert planned == []


@pytest.mark.parametrize("count", [3, 600])
def test_writing_again_changes_nothing(count: int) -> None:
    program = given.program()
    rows = [ProgramRow(n, f"rv-{n}", "pending") for n in range(count)]
    write(program, *rows)
    changes = Change.objects.count()
    judged = write(program, *rows)
    assert set(answers(judged)) == {("unchanged", "pending")}
    assert Change.objects.count() == changes == 2 * count


def test_the_reason_of_the_caller_is_kept_with_the_changes() -> None:
    write_program_enrollments(
        program=given.program(),
        rows=[ProgramRow(2, "rv-1", "enrolled")],
        mode=WriteMode.UPSERT,
        by=given.OPERATOR,
        at=LATER,
        reason="autumn roster",
    )
    assert {change.change_set.reason for change in Change.objects.all()} == {"autumn roster"}
