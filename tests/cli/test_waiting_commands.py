"""`matricula waiting`."""

from datetime import UTC, datetime, timedelta

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import email_address
from tests import given
from tests.cli.typing_in import matricula

pytestmark = pytest.mark.django_db

WHY = ("--reason", "left")


@pytest.fixture(autouse=True)
def program() -> ProgramOutline:
    """rv-1 and rv-2 wait in hydrology, lk-1 at another school; all since a day in the future."""
    made = given.program(runs=[given.course_run()])
    given.enrolled("rv-1", "rv-2", program=made)
    given.on_course("rv-1", program=made, run=given.course_run(), course_staff="true")
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    return made


def values(*words: str) -> list[str]:
    typed = matricula("waiting", "list", *words, "--json")
    assert typed.status == 0
    return [each["value"] for each in typed.json["waiting"]]


def test_what_waits_is_listed() -> None:
    [first, *_] = matricula("waiting", "list", "--json").json["waiting"]
    assert first == {
        "kind": "student_key",
        "organization": "RiverU",
        "value": "rv-1",
        "program": "hydrology",
        "course_run": None,
        "status": "enrolled",
        "courses": 1,
        "since": "2031-01-10T09:00:00Z",
        "last_change": "2031-01-10T09:00:00Z",
    }


def test_it_is_chosen_by_program_school_and_age() -> None:
    assert values() == ["rv-1", "rv-2", "lk-1"]
    assert values("--program", "HYDROLOGY") == ["rv-1", "rv-2"]
    assert values("--organization", "lakeu") == ["lk-1"]
    assert values("--older-than", "1") == []


def test_it_is_found_by_name_of_program_student_key_and_address() -> None:
    given.granted(email_address("Mira@example.org"), run=given.course_run())
    assert values("--program-title", "ydro") == ["rv-1", "rv-2"]
    assert values("--program-title", "LAKES") == ["lk-1"]
    assert values("--program-title", "cooking") == []
    assert values("--student", "RV-2", "--organization", "RiverU") == ["rv-2"]
    assert values("--student", "nobody", "--organization", "RiverU") == []
    assert values("--email", "mira@EXAMPLE.org") == ["Mira@example.org"]
    assert matricula("waiting", "list", "--student", "rv-2").status == 2


def test_it_is_said_in_words_too() -> None:
    typed = matricula("waiting", "list")
    assert typed.status == 0
    assert "hydrology" in typed.out
    assert typed.out.endswith("3 waiting.\n")


def test_named_students_are_withdrawn() -> None:
    typed = matricula("waiting", "withdraw", "RV-1", "--program", "hydrology", *WHY, "--json")
    assert (typed.status, typed.json) == (
        0,
        {
            "program_enrollments": 1,
            "course_enrollments": 1,
            "course_roles": 1,
            "nothing_waits_for": [],
        },
    )
    assert values() == ["rv-2", "lk-1"]


def test_a_whole_school_is_withdrawn() -> None:
    typed = matricula("waiting", "withdraw", "--organization", "RiverU", *WHY)
    assert typed.out.startswith("Taken back: 2 program enrollments, 1 course enrollments")
    assert values() == ["lk-1"]


def test_nothing_is_withdrawn_by_mistake() -> None:
    for words in ((), ("--reason", " "), WHY):
        typed = matricula("waiting", "withdraw", *words)
        assert (typed.status, typed.out) == (2, "")
    assert len(values()) == 3


def test_what_is_old_enough_expires() -> None:
    assert matricula("waiting", "expire", "--json").json["program_enrollments"] == 0
    old = given.program("old", school_key="LakeU")
    given.enrolled("lk-2", program=old, at=datetime.now(UTC) - timedelta(days=31))
    assert values("--older-than", "31") == ["lk-2"]
    typed = matricula("waiting", "expire", "--organization", "LakeU", "--days", "30", "--json")
    assert (typed.status, typed.json["program_enrollments"]) == (0, 1)
    assert values() == ["rv-1", "rv-2", "lk-1"]


@pytest.mark.parametrize("words", [("--program", "nowhere"), ("--organization", "NowhereU")])
@pytest.mark.parametrize("command", [("list",), ("withdraw", *WHY), ("expire",)])
def test_what_is_not_found_is_one(command: tuple[str, ...], words: tuple[str, ...]) -> None:
    typed = matricula("waiting", *command, *words)
    assert (typed.status, typed.out) == (1, "")
    assert typed.err.startswith("matricula: There is no ")


def test_keys_for_which_nothing_waits_are_named_and_the_others_withdrawn() -> None:
    given.bound("rv-2", given.account())
    keys = ("rv-1", "RV-2", "rv-9")
    typed = matricula("waiting", "withdraw", *keys, "--program", "hydrology", *WHY)
    assert typed.status == 1
    assert typed.out.startswith("Taken back: 1 program enrollments")
    assert typed.out.endswith("Nothing waits for: 'RV-2', 'rv-9'.\n")
    assert values() == ["lk-1"]
    again = matricula("waiting", "withdraw", "rv-1", "--program", "hydrology", *WHY, "--json")
    assert (again.status, again.json["nothing_waits_for"]) == (1, ["rv-1"])


@pytest.mark.parametrize("words", [("list", "--older-than"), ("expire", "--days")])
def test_an_age_beyond_the_calendar_is_two(words: tuple[str, ...]) -> None:
    typed = matricula("waiting", *words, "999999999")
    assert (typed.status, typed.out) == (2, "")
    assert "36500" in typed.err
    assert matricula("waiting", *words, "36500").status == 0
