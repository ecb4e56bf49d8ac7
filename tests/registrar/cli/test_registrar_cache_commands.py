"""`matricula registrar cache`: copies listed, refreshed and forgotten."""

import pytest

from matricula.lms_client.api import FakeLms, ProgramRow
from matricula.registrar.copies.models import CopiedRow, Copy
from tests.cli.typing_in import matricula
from tests.registrar import given

pytestmark = pytest.mark.django_db

CACHE = ("registrar", "cache")


def enroll(lms: FakeLms, *keys: str) -> None:
    rows = [ProgramRow(student_key=key, status="enrolled") for key in keys]
    lms.send_roster(given.HYDROLOGY, rows)


def test_copies_are_made_listed_refreshed_and_forgotten(lms: FakeLms) -> None:
    given.remembered()
    enroll(lms, "rv-1", "rv-2")
    made = matricula(*CACHE, "refresh", "--program", given.HYDROLOGY)
    assert made.out == "2 copies refreshed.\n"
    listed = matricula(*CACHE, "list", "--json").json
    assert {(each["program"], each["kind"], each["rows"]) for each in listed} == {
        (given.HYDROLOGY, "program_enrollments", 2),
        (given.HYDROLOGY, "course_enrollments", 0),
    }
    assert "program enrollments" in matricula(*CACHE, "list").out
    enroll(lms, "rv-3")
    assert matricula(*CACHE, "refresh", "--json").json == {"refreshed": 2}
    assert CopiedRow.objects.count() == 3
    forgotten = matricula(*CACHE, "forget", "--program", given.GEOLOGY, "--json")
    assert forgotten.json == {"forgotten": 0}
    assert matricula(*CACHE, "forget").out == "2 copies forgotten.\n"
    assert not CopiedRow.objects.exists()
    assert not Copy.objects.exists()


@pytest.mark.parametrize("verb", ["refresh", "forget"])
def test_an_unknown_program_is_refused(verb: str) -> None:
    typed = matricula(*CACHE, verb, "--program", "nothing")
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == "matricula: There is no program 'nothing'.\n"
