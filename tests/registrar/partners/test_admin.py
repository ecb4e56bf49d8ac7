"""Administrators' pages."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from matricula.registrar.partners.api import RoleAssignment
from tests.registrar import given

pytestmark = pytest.mark.django_db

ROLES = "/admin/partners/roleassignment/"


@pytest.fixture
def boss() -> Client:
    given.remembered()
    given.with_role("administrator", "boss")
    client = Client()
    client.force_login(given.account("boss"))
    return client


def test_an_administrator_gives_and_takes_roles(boss: Client) -> None:
    school = given.program().organization_id
    row = {"name": "mira@riveru.example", "role": "read_reports", "organization": given.RIVER}
    assert boss.post(f"{ROLES}add/", {**row, "program": ""}).status_code == 302
    held = RoleAssignment.objects.get(role="read_reports")
    assert (held.kind, held.organization_id) == ("email", school)
    assert held.given_by.startswith("account:")
    assert boss.post(f"{ROLES}add/", {**row, "program": ""}).status_code == 302  # again
    asked = boss.get(f"{ROLES}{held.pk}/delete/").content.decode()
    assert "read_reports of mira@riveru.example at RiverU" in asked
    boss.post(f"{ROLES}{held.pk}/delete/", {"post": "yes"})
    assert not RoleAssignment.objects.filter(role="read_reports").exists()
    own = RoleAssignment.objects.get(role="administrator")
    assert str(own) == "administrator of boss, everywhere"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": "a b@c", "role": "read_reports"}, "is no e-mail address"),
        ({"name": "", "role": "read_reports"}, "required"),
        ({"name": "mira", "role": "administrator", "organization": "RiverU"}, "everywhere or not"),
        ({"name": "mira", "role": "read_reports", "organization": "LakeU"}, "has the key LakeU"),
    ],
)
def test_what_cannot_be_given_is_said_in_words(
    boss: Client, row: dict[str, str], words: str
) -> None:
    answer = boss.post(f"{ROLES}add/", row)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "onstraint" not in answer.content.decode()


@pytest.mark.parametrize(
    "path", [ROLES, "/admin/", "/admin/partners/program/", "/admin/partners/organization/"]
)
def test_every_page_is_shown(boss: Client, path: str) -> None:
    assert boss.get(path).status_code == 200


def test_roles_are_listed_by_a_few_queries(
    boss: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        given.with_role("read_metadata", f"person-{number}", school=given.RIVER)
    with django_assert_max_num_queries(9):
        assert boss.get(ROLES).status_code == 200


@pytest.mark.parametrize("is_staff", [True, False])
def test_nobody_else_gets_in(*, is_staff: bool) -> None:
    given.remembered()
    given.with_role("read_write_enrollments", "mira")
    client = Client()
    client.force_login(given.account("mira", is_staff=is_staff))
    assert client.get(ROLES).status_code == 302
    assert (
        client.post(f"{ROLES}add/", {"name": "mira", "role": "administrator"}).status_code == 302
    )
    assert not RoleAssignment.objects.filter(role="administrator").exists()


def test_what_the_catalog_brings_is_changed_by_nobody(boss: Client) -> None:
    program = given.program()
    assert boss.post(f"/admin/partners/program/{program.pk}/change/", {}).status_code == 403
    assert boss.get("/admin/partners/program/add/").status_code == 403
