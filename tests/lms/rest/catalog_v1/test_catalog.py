"""The catalog as course-discovery answers it, for the real Registrar."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from matricula.lms.catalog.api import Program, ProgramOutline
from tests import given
from tests.calling import calling_anonymously, calling_as
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

PROGRAMS, ORGANIZATIONS = "/api/v1/programs", "/api/v1/organizations"


@pytest.fixture
def reader() -> APIClient:
    return calling_as(given.account("reader"))


@pytest.fixture
def hydrology() -> ProgramOutline:
    made = given.program(runs=[given.course_run(external_key="HYD-1")], inactive_curricula=1)
    Program.objects.filter(pk=made.id).update(type="Masters", slug="msc-hydrology")
    return made


def walk(reader: APIClient, address: str) -> list[Any]:
    found = []
    while address:
        page = reader.get(address).json()
        found += page["results"]
        assert page["count"] >= len(found)
        address = page["next"]
    return found


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_program_is_answered_with_and_without_a_slash(
    slash: str, reader: APIClient, hydrology: ProgramOutline
) -> None:
    answer = reader.get(f"{PROGRAMS}/{hydrology.uuid}{slash}")
    assert answer.status_code == 200
    read = answer.json()
    assert (read["uuid"], read["title"]) == (str(hydrology.uuid), "Hydrology")
    assert (read["type"], read["marketing_slug"]) == ("Masters", "msc-hydrology")
    assert read["marketing_url"] is None
    [organization] = read["authoring_organizations"]
    assert (organization["key"], organization["name"]) == ("RiverU", "RiverU University")
    assert [each["is_active"] for each in read["curricula"]] == [True, False]
    [course] = read["courses"]
    assert (course["key"], course["course_runs"][0]["key"]) == (
        "RiverU+HYD1",
        given.course_run().key,
    )
    assert course["course_runs"][0]["external_key"] == "HYD-1"
    assert reader.get(f"{PROGRAMS}/{str(hydrology.uuid).upper()}{slash}").status_code == 200


@pytest.mark.parametrize("wanted", [str(uuid4()), "hydrology", "%00", "x" * 300])
def test_what_is_no_program_is_not_found(
    wanted: str, reader: APIClient, hydrology: ProgramOutline
) -> None:
    assert reader.get(f"{PROGRAMS}/{wanted}").status_code == 404


@pytest.mark.parametrize("address", [PROGRAMS, f"{PROGRAMS}/{uuid4()}", ORGANIZATIONS])
def test_nobody_in_particular_is_asked_to_sign_in(address: str) -> None:
    assert calling_anonymously().get(address).status_code == 401


@pytest.mark.usefixtures("hydrology")
def test_programs_are_chosen_by_type_and_status(reader: APIClient) -> None:
    given.program("retired-one")
    Program.objects.filter(key="retired-one").update(status="retired", type="MicroMasters")

    def found(query: str) -> list[str]:
        return sorted(each["key"] for each in reader.get(f"{PROGRAMS}/?{query}").json()["results"])

    assert found("") == found("types=&status=") == ["hydrology", "retired-one"]
    types = "types=micromasters,masters,professional-certificate,microbachelors,xseries"
    assert found(f"{types}&status=active") == ["hydrology"]
    assert found(types) == ["hydrology", "retired-one"]
    assert found("status=active&status=retired") == ["hydrology", "retired-one"]
    assert found("types=xseries") == []
    assert found("types=%00") == found("uuids=nonsense") == []
    assert found(f"uuids={Program.objects.get(key='hydrology').uuid}") == ["hydrology"]


@pytest.mark.usefixtures("hydrology")
def test_pages_lead_to_each_other_by_absolute_addresses(reader: APIClient) -> None:
    for n in range(4):
        given.program(f"p{n}")
    first = reader.get(f"{PROGRAMS}/?types=&limit=2").json()
    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"].startswith("http://testserver/api/v1/programs/?")
    second = reader.get(first["next"]).json()
    assert second["previous"].startswith("http://testserver/api/v1/programs/?")
    assert reader.get(second["previous"]).json()["results"] == first["results"]
    everything = walk(reader, f"{PROGRAMS}/?limit=2")
    assert len({each["uuid"] for each in everything}) == 5


def test_organizations_are_paged_likewise(reader: APIClient) -> None:
    keys = {given.school(f"S{n}").key for n in range(5)}
    assert {each["key"] for each in walk(reader, f"{ORGANIZATIONS}/?limit=2")} == keys
    read = reader.get(ORGANIZATIONS).json()
    assert (read["count"], read["next"], read["previous"]) == (5, None, None)
    assert reader.get(ORGANIZATIONS, {"limit": 5}).json()["next"] is None
    assert set(read["results"][0]) == {"uuid", "key", "name"}


@pytest.mark.usefixtures("hydrology")
@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1e3", "9" * 30, "9" * 5000, "\u0663"])
def test_absurd_numbers_are_brought_within_bounds(number: str, reader: APIClient) -> None:
    for address in (PROGRAMS, ORGANIZATIONS):
        assert reader.get(address, {"limit": number}).json()["count"] == 1
        assert reader.get(address, {"offset": number}).json()["count"] == 1


def test_a_page_is_bounded(reader: APIClient) -> None:
    for n in range(120):
        given.school(f"S{n}")
    assert len(reader.get(ORGANIZATIONS).json()["results"]) == 20
    assert len(reader.get(ORGANIZATIONS, {"limit": 10**6}).json()["results"]) == 100


def test_who_has_the_answer_is_told_so(reader: APIClient, hydrology: ProgramOutline) -> None:
    one = f"{PROGRAMS}/{hydrology.uuid}"
    for address in (f"{ORGANIZATIONS}/", f"{PROGRAMS}/", one):
        first = reader.get(address)
        assert first["Cache-Control"] == "private, no-cache"
        again = reader.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    known = reader.get(one)["ETag"]
    Program.objects.update(title="Water")
    assert reader.get(one, headers={"If-None-Match": known}).json()["title"] == "Water"


@pytest.mark.usefixtures("hydrology")
def test_a_longer_page_takes_as_many_queries(reader: APIClient) -> None:
    reader.get(PROGRAMS)
    few = count_statements(lambda: reader.get(f"{PROGRAMS}/"))
    runs = [given.course_run(f"C{n}") for n in range(5)]
    for n in range(10):
        given.program(f"p{n}", runs=runs, inactive_curricula=2)
    assert count_statements(lambda: reader.get(f"{PROGRAMS}/")) == few
    assert few <= 20
