from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from matricula.cli.example.cataloging import list_programs as list_example_programs
from matricula.lms.catalog.api import (
    CourseRecord,
    CourseRunRecord,
    ProgramRecord,
    SeatRecord,
    UnknownProgram,
    get_program,
    get_program_record,
    list_program_records,
)
from matricula.lms.organizations.api import OrganizationRecord
from tests.lms.catalog.records import HILLU, RIVERU, course, curriculum, load, program, uuid
from tests.lms.kernel.seeing import count_statements, read_all

RUN = CourseRunRecord(
    key="course-v1:RiverU+HYD1+2031_T1",
    external_key="H1",
    title="Rivers I",
    marketing_url="https://river.example/hyd1/2031",
    start=datetime(2031, 1, 10, tzinfo=UTC),
    end=datetime(2031, 6, 10, tzinfo=UTC),
    enrollment_start=datetime(2030, 11, 1, tzinfo=UTC),
    enrollment_end=datetime(2031, 1, 20, tzinfo=UTC),
    pacing_type="self_paced",
    invite_only=True,
    seats=(
        SeatRecord(type="audit", price=Decimal("0.00"), currency="USD"),
        SeatRecord(
            type="credit",
            price=Decimal("49.90"),
            currency="USD",
            upgrade_deadline=datetime(2031, 3, 1, tzinfo=UTC),
            credit_provider="hillu",
            sku="A1",
            bulk_sku="B1",
        ),
    ),
)
RIVERS = CourseRecord(
    key="RiverU+HYD1",
    title="Rivers",
    marketing_url="https://river.example/hyd1",
    course_runs=(RUN,),
)
SOIL = program("soil", type_="MicroMasters", courses=[course("SOIL", "1", "2")])
HYDROLOGY = msgspec.structs.replace(
    program(
        "hydrology",
        curriculum("new", RIVERS, course("HYD2", "2031_T1"), programs=[SOIL]),
        curriculum("old", course("HYD0", "2029"), is_active=False),
        courses=[course("INTRO", "2031_T1")],
        organizations=[RIVERU, HILLU],
    ),
    marketing_url="https://river.example/hydrology",
    mode="credit",
)


def wire(record: msgspec.Struct) -> Any:  # noqa: ANN401  JSON may be anything
    return msgspec.json.decode(msgspec.json.encode(record))


def titles(**asked: Any) -> set[str]:  # noqa: ANN401  whatever filter a test asks
    return {str(each.title) for each in list_program_records(**asked).programs}


@pytest.mark.django_db
def test_a_program_goes_out_in_the_shape_in_which_it_came() -> None:
    load(HYDROLOGY)
    record = wire(get_program_record(uuid=HYDROLOGY.uuid))
    assert record["key"] == record["marketing_slug"] == "hydrology"
    assert (record["type"], record["status"], record["mode"]) == ("Masters", "active", "credit")
    assert record["marketing_url"] == "https://river.example/hydrology"
    assert [each["key"] for each in record["authoring_organizations"]] == ["RiverU", "HillU"]
    assert all(
        each.keys() == {"key", "uuid", "name"} for each in record["authoring_organizations"]
    )
    assert [each["key"] for each in record["courses"]] == ["RiverU+INTRO"]
    new, old = record["curricula"]
    assert (new["name"], new["is_active"], old["is_active"]) == ("new", True, False)
    assert new["programs"] == [{"uuid": str(SOIL.uuid)}]
    assert [each["key"] for each in new["courses"]] == ["RiverU+HYD1", "RiverU+HYD2"]
    assert new["courses"][0] == wire(RIVERS)


@pytest.mark.django_db
def test_moments_and_prices_are_written_as_discovery_writes_them() -> None:
    load(HYDROLOGY)
    record = wire(get_program_record(uuid=HYDROLOGY.uuid))
    [data] = record["curricula"][0]["courses"][0]["course_runs"]
    assert data["start"] == "2031-01-10T00:00:00Z"
    assert data["seats"][1]["price"] == "49.90"
    assert data["pacing_type"] == "self_paced"


@pytest.mark.django_db
def test_what_is_not_known_is_null_or_empty_and_never_missing() -> None:
    load(program("bare", courses=[course("X", "1")]))
    [record] = list_program_records().programs
    [made] = wire(record)["courses"]
    assert made["marketing_url"] is None
    assert made["course_runs"] == [
        {
            "key": "course-v1:RiverU+X+1",
            "external_key": None,
            "title": "",
            "marketing_url": None,
            "start": None,
            "end": None,
            "enrollment_start": None,
            "enrollment_end": None,
            "pacing_type": None,
            "invite_only": False,
            "seats": [],
        }
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "programs", [[HYDROLOGY, program("bare")], list_example_programs()], ids=["mixed", "example"]
)
def test_what_goes_out_and_is_loaded_again_changes_nothing(programs: list[ProgramRecord]) -> None:
    load(*programs)
    load(ProgramRecord(uuid=programs[0].uuid, curricula=said_curricula(programs[0])[:1]))
    before = read_all()
    page = list_program_records(limit=100)
    again = msgspec.json.decode(msgspec.json.encode(page.programs), type=list[ProgramRecord])
    assert {each.result for each in load(*again)} == {"unchanged"}
    assert read_all() == before
    assert list_program_records(limit=100) == page


def said_curricula(record: ProgramRecord) -> tuple[Any, ...]:
    assert isinstance(record.curricula, tuple)
    return record.curricula


@pytest.mark.django_db
def test_programs_are_chosen_by_type_status_uuid_and_first_organization() -> None:
    loaded = [
        program("degree"),
        program("small", type_="MicroMasters", organizations=[HILLU, RIVERU]),
        msgspec.structs.replace(
            program("paper", type_="Professional Certificate"), status="retired"
        ),
    ]
    load(*loaded)
    river, hill = (get_program(key=key).organization_id for key in ("degree", "small"))
    assert titles(types=["micromasters", "professional-certificate"]) == {"Small", "Paper"}
    assert titles(statuses=["Active"]) == {"Degree", "Small"}
    assert titles(types=["masters"], statuses=["retired"]) == set()
    assert titles(uuids=[uuid("paper"), uuid("nothing")]) == {"Paper"}
    assert titles(organization_ids=[hill]) == {"Small"}
    assert titles(organization_ids=[river]) == {"Degree", "Paper"}
    assert titles(types=[]) == titles(organization_ids=[]) == set()


@pytest.mark.django_db
def test_pages_follow_each_other_and_count_the_whole() -> None:
    load(*[program(f"p{number}", type_="XSeries") for number in range(5)], program("other"))
    pages = [
        list_program_records(types=["xseries"], offset=offset, limit=2) for offset in (0, 2, 4, 6)
    ]
    assert [page.count for page in pages] == [5] * 4
    assert [len(page.programs) for page in pages] == [2, 2, 1, 0]
    uuids = [each.uuid for page in pages for each in page.programs]
    assert uuids == sorted(set(uuids))


@pytest.mark.django_db
def test_many_programs_take_no_more_statements_than_a_few() -> None:
    load(
        *[
            program(f"p{number}", curriculum(f"c{number}", course("X", "1")), courses=[RIVERS])
            for number in range(30)
        ]
    )
    few = count_statements(lambda: list_program_records(limit=2))
    assert count_statements(lambda: list_program_records(limit=30)) == few == 9


@pytest.mark.django_db
def test_a_program_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownProgram):
        get_program_record(uuid=UUID(int=1))


@pytest.mark.django_db
def test_an_organizations_uuid_goes_out_also_if_none_was_said() -> None:
    load(program("p", organizations=[OrganizationRecord(key="SeaU")]))
    [record] = list_program_records().programs
    [school] = wire(record)["authoring_organizations"]
    assert (school["key"], school["name"]) == ("SeaU", "")
    assert UUID(school["uuid"]).version == 5
