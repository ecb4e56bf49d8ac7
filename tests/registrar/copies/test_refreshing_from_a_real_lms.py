"""A copy of a real LMS: whatever its history, what is copied is what the LMS tells by itself."""

import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as sampled
from pytest_django import Settings

from matricula.lms_client.api import (
    Access,
    CourseRow,
    EnrollmentKind,
    HttpLms,
    Lms,
    ProgramRow,
)
from matricula.registrar.copies.api import refresh_copy
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.partners.api import get_program
from tests.cli.serving import COMMAND, Installation, installed, serving
from tests.registrar import given
from tests.registrar.cli.test_processes import CATALOG
from tests.registrar.copies.calling_lms import COURSE, PROGRAM

pytestmark = pytest.mark.django_db

KEYS = ["rv-1", "RV-2", "José", "日本", "STRASSE", "\u1e9b\u0323", "a b", 'say "no"', "a\\b"]
ACTS = strategies.tuples(
    strategies.sampled_from(["enrolled", "canceled", "active", "inactive", "staff", "bind"]),
    strategies.lists(strategies.sampled_from(KEYS), min_size=1, max_size=4, unique=True),
)
Told = set[tuple[object, ...]]


@dataclass(frozen=True)
class Served:
    """A real LMS that is served, and how the Registrar reaches it."""

    installation: Installation
    access: Access


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An LMS with one program, one course run, and mira."""
    folder = tmp_path_factory.mktemp("home")
    with installed("matricula_copied", folder) as made:
        catalog = made.home / "catalog.json"
        catalog.write_text(CATALOG)
        made.run("catalog", "load", str(catalog))
        client = make_client(made)
        made.run("account", "create", "mira", "--email", "mira@example.org")
        with serving(made, folder) as process:
            secret = client["client_secret"]
            access = Access(
                url=process.address, client_id=client["client_id"], client_secret=secret
            )
            yield Served(made, access)


def make_client(made: Installation) -> dict[str, str]:
    roles = [word for role in ("catalog", "write", "support") for word in ("--role", role)]
    client: dict[str, str] = made.run("client", "create", "Registrar", "--trusted", *roles)
    return client


@pytest.fixture
def real_lms(served: Served, settings: Settings) -> Iterator[Lms]:
    access = served.access
    settings.REACH_LMS = None
    settings.LMS_URL = access.url
    settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET = access.client_id, access.client_secret
    with HttpLms(access) as lms:
        given.remembered(list(lms.list_programs()))
        yield lms


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@sampled(acts=strategies.lists(ACTS, max_size=6))
def test_a_refreshed_copy_is_what_the_lms_tells(
    real_lms: Lms, acts: list[tuple[str, list[str]]]
) -> None:
    """The histories follow upon each other, and so do the states of one copy."""
    for word, keys in acts:
        act(real_lms, word, keys)
    for kind in EnrollmentKind:
        copy = refreshed(kind)
        assert list_copied(copy) == list_told(real_lms, kind)
        assert copy.digest == real_lms.get_digest(given.HYDROLOGY, kind).digest


def test_a_copy_has_what_the_lms_exports(served: Served, real_lms: Lms) -> None:
    act(real_lms, "enrolled", KEYS)
    act(real_lms, "canceled", KEYS[3:5])
    act(real_lms, "active", KEYS[:6])
    act(real_lms, "inactive", KEYS[1:3])
    act(real_lms, "staff", KEYS[:2])
    act(real_lms, "bind", ["josé"])
    of_program = read_rows(refreshed(PROGRAM), "student_key", "status", "curriculum")
    of_courses = read_rows(
        refreshed(COURSE), "student_key", "course_run", "status", "course_staff", "curriculum"
    )
    assert of_program == export(served)
    assert of_courses == export(served, "--courses")
    assert len(of_program) == len(KEYS)


def refreshed(kind: EnrollmentKind) -> Copy:
    known = Copy.objects.filter(kind=kind.value).first()
    at = (known.proven_at if known else given.NOW) + timedelta(minutes=1)
    program = get_program(key=given.HYDROLOGY)
    return refresh_copy(program=program, kind=kind, by=given.OPERATOR, at=at)


def read_rows(copy: Copy, *columns: str) -> set[tuple[str, ...]]:
    rows = CopiedRow.objects.filter(copy=copy).values_list(*columns)
    words = {True: "true", False: "false"}
    return {tuple(words.get(cell, str(cell)) for cell in row) for row in rows}


def export(served: Served, *words: str) -> set[tuple[str, ...]]:
    exported = subprocess.run(
        [COMMAND, "export", "-", "--program", given.HYDROLOGY, *words],
        env=served.installation.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    _, *rows = csv.reader(StringIO(exported))
    return {tuple(row) for row in rows}


def act(lms: Lms, word: str, keys: list[str]) -> None:
    if word == "bind":
        lms.bind_student_keys(given.RIVER, {keys[0]: "mira"}, reason="saw a passport")
    elif word in {"enrolled", "canceled"}:
        rows = [ProgramRow(student_key=key, status=word) for key in keys]
        lms.send_roster(given.HYDROLOGY, rows)
    else:
        is_staff = word == "staff"
        status = "active" if is_staff else word
        lms.send_roster(
            given.HYDROLOGY,
            [
                CourseRow(student_key=key, course_id="HYD-A", status=status, course_staff=is_staff)
                for key in keys
            ],
        )


def list_copied(copy: Copy) -> Told:
    last = "course_run" if copy.kind == COURSE.value else "curriculum"
    rows = CopiedRow.objects.filter(copy=copy)
    told = rows.values_list("student_key", "status", "account_exists", last)
    return {(*rest, str(name)) for *rest, name in told}


def list_told(lms: Lms, kind: EnrollmentKind) -> Told:
    """List what the LMS tells of each enrollment; of staff it tells by account, a copy by row."""
    if kind is PROGRAM:
        return {
            (each.student_key, each.status, each.account is not None, each.curriculum)
            for each in lms.list_program_enrollments(given.HYDROLOGY)
        }
    statuses = {True: "active", False: "inactive"}
    return {
        (each.value, statuses[each.active], each.account is not None, each.course_run)
        for each in lms.list_course_enrollments(given.HYDROLOGY)
    }
