"""`matricula registrar`: who may do what, and the catalog."""

import pytest
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.registrar.partners.api import find_program
from tests.cli.typing_in import matricula
from tests.registrar import given

pytestmark = pytest.mark.django_db

MIRA = "Mira@RiverU.example"


def away() -> FakeLms:
    raise LmsUnreachable("The LMS cannot be reached: there is no connection.")


def test_a_role_is_granted_listed_and_taken() -> None:
    given.remembered()
    words = (MIRA, "read_write_enrollments", "--organization", given.RIVER)
    assert matricula("registrar", "grant", *words).out == (
        f"{MIRA} now has read_write_enrollments in RiverU.\n"
    )
    assert matricula("registrar", "grant", *words, "--json").json["changed"] is False
    assert matricula("registrar", "grants", "--json").json == [
        {"name": MIRA, "role": "read_write_enrollments", "place": given.RIVER}
    ]
    assert matricula("registrar", "ungrant", *words, "--json").json["changed"] is True
    assert matricula("registrar", "grants", MIRA.lower(), "--json").json == []


def test_a_role_in_a_program_that_is_not_known_yet_asks_for_the_program() -> None:
    typed = matricula("registrar", "grant", "mira", "read_reports", "--program", given.HYDROLOGY)
    assert (typed.status, find_program(key=given.HYDROLOGY) is None) == (0, False)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["mira", "read_reports", "--program", "nothing"], 1),
        (["mira", "read_reports", "--organization", "nowhere"], 1),
        (["mira", "king"], 2),
        (["", "read_reports"], 2),
        (["mira", "read_reports", "--program", "hydrology", "--organization", "RiverU"], 2),
    ],
)
def test_what_cannot_be_granted_is_refused(words: list[str], status: int) -> None:
    typed = matricula("registrar", "grant", *words)
    assert (typed.status, typed.out) == (status, "")
    assert typed.err


def test_the_catalog_is_brought() -> None:
    assert matricula("registrar", "sync").out == "3 programs, of which 3 are new or changed.\n"
    assert matricula("registrar", "sync", "--json").json == {"programs": 3, "changed": 0}


def test_a_catalog_that_cannot_be_brought_fails_loudly(settings: Settings) -> None:
    settings.REACH_LMS = away
    typed = matricula("registrar", "sync")
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == "matricula: The LMS cannot be reached: there is no connection.\n"


def test_migrating_again_changes_nothing() -> None:
    assert matricula("registrar", "migrate", "--quiet").out == ""
