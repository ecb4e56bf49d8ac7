"""Keys that could be mistaken for something else arrive as they are, by either way of staging."""

import pytest

from matricula.lms.kernel.api import Judgement
from matricula.lms.kernel.staging import FEW
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given

pytestmark = pytest.mark.django_db

POSSIBLE = [
    "a\\b",
    "a\\tb",
    "\\N",
    "\\.",
    "back\\",
    "'; DROP TABLE identity; --",
    '"quoted"',
    "{a,b}",
    "NULL",
    "%s %(x)s %%",
    "a b  c",
    "a\u200db",
    "学生-1",
    "😀",
    "e\u0301",
    "x" * 255,
    "0",
    "true",
]

IMPOSSIBLE = [
    "",
    " ",
    "\t\n",
    "x" * 256,
    "a\tb",
    "a\nb",
    "a\r\nb",
    "a\x00b",
    "a\x1bb",
    "a\x7fb",
    "a\x9fb",
    "a\u00a0b",
    "a\u2028b",
    "a\u200bb",
    "a\ud800b",
    "\udfff",
]

FILLERS = pytest.mark.parametrize("filler", [0, FEW + 1], ids=["arrays", "table"])


def write(keys: list[str], filler: int) -> list[Judgement]:
    judged = given.enrolled(
        *keys, *(f"filler-{n}" for n in range(filler)), program=given.program()
    )
    assert {judgement.verdict for judgement in judged[len(keys) :]} <= {"enrolled"}
    return judged[: len(keys)]


@FILLERS
def test_possible_keys_are_stored_as_given(filler: int) -> None:
    assert {judgement.verdict for judgement in write(POSSIBLE, filler)} == {"enrolled"}
    found = ProgramEnrollment.objects.exclude(identity__value__startswith="filler-")
    assert sorted(found.values_list("identity__value", flat=True)) == sorted(POSSIBLE)


@FILLERS
def test_impossible_keys_are_refused_one_by_one_with_a_reason(filler: int) -> None:
    for judgement in write(IMPOSSIBLE, filler):
        assert judgement.verdict == "invalid-key"
        assert judgement.reason.startswith("the student key ")
        assert judgement.reason.isprintable()
    assert ProgramEnrollment.objects.count() == filler


@FILLERS
def test_tabs_and_line_breaks_around_a_key_are_no_part_of_it(filler: int) -> None:
    [judgement] = write(["\t rv-1 \r\n"], filler)
    assert judgement.verdict == "enrolled"
    assert ProgramEnrollment.objects.filter(identity__value="rv-1").count() == 1


@FILLERS
def test_a_bad_row_never_holds_up_a_good_one(filler: int) -> None:
    judged = write([*IMPOSSIBLE, *POSSIBLE], filler)
    refused = [judgement for judgement in judged if judgement.verdict == "invalid-key"]
    assert len(refused) == len(IMPOSSIBLE)
    assert ProgramEnrollment.objects.count() == len(POSSIBLE) + filler


@FILLERS
@pytest.mark.parametrize("status", ["\x00", "a\tb", "\ud800", "\\N", "'"])
def test_an_awkward_status_is_an_invalid_one(status: str, filler: int) -> None:
    program = given.program()
    given.enrolled(*(f"filler-{n}" for n in range(filler)), program=program)
    [judgement] = given.enrolled("rv-1", program=program, status=status)
    assert judgement.verdict == "invalid-status"
    assert judgement.reason.isprintable()


def test_awkward_keys_are_found_again_by_either_way() -> None:
    program = given.program()
    given.enrolled(*POSSIBLE, program=program)
    filler = [f"filler-{n}" for n in range(FEW + 1)]
    again = given.enrolled(*POSSIBLE, *filler, program=program)
    assert {judgement.action for judgement in again[: len(POSSIBLE)]} == {"unchanged"}
    assert ProgramEnrollment.objects.count() == len(POSSIBLE) + len(filler)
