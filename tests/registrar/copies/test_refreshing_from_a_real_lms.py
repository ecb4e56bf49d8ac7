"""A copy of a real LMS: whatever its history, what is copied is what the LMS tells by itself."""

from collections.abc import Iterator
from datetime import timedelta

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
from tests.cli.serving import Installation, installed, serving
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


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """How a real LMS with one program, two course runs' worth of catalog and mira is reached."""
    folder = tmp_path_factory.mktemp("home")
    with installed("matricula_copied", folder) as made:
        catalog = made.home / "catalog.json"
        catalog.write_text(CATALOG)
        made.run("catalog", "load", str(catalog))
        client = make_client(made)
        made.run("account", "create", "mira", "--email", "mira@example.org")
        with serving(made, folder) as served:
            yield Access(
                url=served.address,
                client_id=client["client_id"],
                client_secret=client["client_secret"],
            )


def make_client(made: Installation) -> dict[str, str]:
    roles = [word for role in ("catalog", "write", "support") for word in ("--role", role)]
    client: dict[str, str] = made.run("client", "create", "Registrar", "--trusted", *roles)
    return client


@pytest.fixture
def real_lms(access: Access, settings: Settings) -> Iterator[Lms]:
    settings.REACH_LMS = None
    settings.LMS_URL = access.url
    settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET = access.client_id, access.client_secret
    with HttpLms(access) as lms:
        given.remembered([each for each in lms.list_programs()])  # noqa: C416  a list is asked for
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
        known = Copy.objects.filter(kind=kind.value).first()
        at = (known.proven_at if known else given.NOW) + timedelta(minutes=1)
        program = get_program(key=given.HYDROLOGY)
        copy = refresh_copy(program=program, kind=kind, by=given.OPERATOR, at=at)
        assert list_copied(copy) == list_told(real_lms, kind)
        assert copy.digest == real_lms.get_digest(given.HYDROLOGY, kind).digest


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
    rows = CopiedRow.objects.filter(copy=copy)
    names = ["student_key", "status", "account_exists"]
    if copy.kind == COURSE.value:
        return set(rows.values_list(*names, "course_run", "course_staff"))
    return {
        (*told, str(curriculum)) for *told, curriculum in rows.values_list(*names, "curriculum")
    }


def list_told(lms: Lms, kind: EnrollmentKind) -> Told:
    if kind is PROGRAM:
        return {
            (each.student_key, each.status, each.account is not None, each.curriculum)
            for each in lms.list_program_enrollments(given.HYDROLOGY)
        }
    return {
        (
            each.value,
            "active" if each.active else "inactive",
            each.account is not None,
            each.course_run,
            each.course_staff,
        )
        for each in lms.list_course_enrollments(given.HYDROLOGY)
    }
