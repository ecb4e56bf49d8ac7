import logging
from datetime import UTC, datetime
from threading import Barrier, Thread

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.catalog.api import (
    CourseRecord,
    CourseRun,
    CourseRunRecord,
    Curriculum,
    Program,
    ProgramRecord,
    SeatRecord,
    get_program,
)
from matricula.lms.organizations.api import OrganizationRecord
from tests import given
from tests.lms.catalog.records import (
    HILLU,
    RIVERU,
    course,
    curriculum,
    load,
    program,
    results,
    run_numbers,
    uuid,
)

HYDROLOGY = program(
    "hydrology",
    curriculum("old", course("HYD0", "2029"), is_active=False),
    curriculum("new", course("HYD1", "2031_T1", "2031_T2"), course("HYD2", "2031_T1")),
    courses=[course("INTRO", "2031_T1")],
    organizations=[RIVERU, HILLU],
)
INTRO_THAT_SAYS_MORE = msgspec.structs.replace(
    course("INTRO", "2031_T1"), marketing_url="https://river.example/intro"
)
RUNS_THAT_SAY_MORE = {
    name: CourseRunRecord(key="course-v1:RiverU+INTRO+2031_T1", **{name: value})  # type: ignore[arg-type]
    for name, value in {
        "marketing_url": "https://river.example/intro/2031",
        "start": given.NOW,
        "end": given.NOW,
        "enrollment_start": given.NOW,
        "enrollment_end": given.NOW,
        "pacing_type": "self_paced",
        "invite_only": True,
        "seats": (SeatRecord(type="audit"),),
    }.items()
}


@pytest.mark.django_db
def test_a_catalog_is_stored_as_its_records_say() -> None:
    assert results(HYDROLOGY) == {"hydrology": "created"}

    stored = get_program(key="hydrology")
    assert (stored.uuid, stored.title, stored.type) == (uuid("hydrology"), "Hydrology", "Masters")
    assert stored.organization_key == "RiverU"
    assert list(stored.curricula) == [uuid("old"), uuid("new")]
    assert stored.active_curriculum_id == stored.curricula[uuid("new")]
    assert run_numbers("hydrology") == ["HYD1", "HYD1", "HYD2", "INTRO"]


@pytest.mark.django_db
def test_what_is_so_already_is_not_written() -> None:
    load(HYDROLOGY)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert results(HYDROLOGY) == {"hydrology": "unchanged"}
    verbs = {query["sql"].split()[0] for query in queries}
    assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE"}


@pytest.mark.django_db
def test_many_programs_take_no_more_statements_than_a_few() -> None:
    def count(programs: list[ProgramRecord]) -> int:
        with CaptureQueriesContext(connection) as queries:
            load(*programs)
        return len(queries)

    def some(prefix: str, number: int) -> list[ProgramRecord]:
        names = [f"{prefix}-{each}" for each in range(number)]
        return [
            program(name, curriculum(f"c-{name}", course(f"X-{name}", "1", "2"))) for name in names
        ]

    few = count(some("few", 3))
    assert count(some("many", 300)) <= few


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"title": "Water"}, id="title"),
        pytest.param({"status": "retired"}, id="status"),
        pytest.param({"key": "hyd"}, id="key"),
        pytest.param({"mode": "verified"}, id="mode"),
        pytest.param({"marketing_slug": "water"}, id="slug"),
        pytest.param({"authoring_organizations": (HILLU, RIVERU)}, id="order of organizations"),
        pytest.param({"authoring_organizations": (RIVERU,)}, id="organizations"),
        pytest.param({"courses": ()}, id="courses"),
        pytest.param({"courses": (course("INTRO", "2031_T1", "2032"),)}, id="course runs"),
        pytest.param(
            {"courses": (course("INTRO", "2031_T1", title="Hello"),)}, id="title of a course"
        ),
        pytest.param(
            {"courses": (course("INTRO", "2031_T1", external_key="I"),)}, id="external key"
        ),
        pytest.param({"marketing_url": "https://river.example"}, id="address"),
        pytest.param({"courses": (INTRO_THAT_SAYS_MORE,)}, id="address of a course"),
        *(
            pytest.param(
                {"courses": (CourseRecord(key="RiverU+INTRO", course_runs=(run,)),)}, id=name
            )
            for name, run in RUNS_THAT_SAY_MORE.items()
        ),
        pytest.param({"curricula": ()}, id="curricula"),
        pytest.param(
            {
                "authoring_organizations": (
                    OrganizationRecord(key="RiverU", name="River University"),
                    HILLU,
                )
            },
            id="name of an organization",
        ),
    ],
)
def test_whatever_changes_in_a_program_makes_it_updated(changed: dict[str, object]) -> None:
    load(HYDROLOGY, program("other", organizations=[OrganizationRecord(key="SeaU")]))
    record = ProgramRecord(uuid=HYDROLOGY.uuid, **changed)  # type: ignore[arg-type]

    assert [each.result for each in load(record)] == ["updated"]
    assert [each.result for each in load(record)] == ["unchanged"]


@pytest.mark.django_db
def test_what_a_record_does_not_say_stays() -> None:
    load(HYDROLOGY)
    before = get_program(key="hydrology")
    load(ProgramRecord(uuid=HYDROLOGY.uuid, key="hyd"))
    after = get_program(key="hyd")
    assert (after.title, after.mode, after.runs, after.curricula) == (
        before.title,
        before.mode,
        before.runs,
        before.curricula,
    )


@pytest.mark.django_db
def test_the_first_organization_is_the_one_whose_student_keys_count() -> None:
    load(program("hydrology", organizations=[RIVERU, HILLU]))
    load(program("hydrology", organizations=[HILLU, RIVERU]))
    assert get_program(key="hydrology").organization_key == "HillU"


@pytest.mark.django_db
def test_a_curriculum_that_is_no_longer_named_becomes_inactive() -> None:
    load(program("hydrology", curriculum("a", course("A", "1")), curriculum("b")))
    assert results(program("hydrology", curriculum("b", course("B", "1")))) == {
        "hydrology": "updated"
    }

    stored = Curriculum.objects.order_by("position").values_list("uuid", "is_active")
    assert list(stored) == [(uuid("b"), True), (uuid("a"), False)]
    assert run_numbers("hydrology") == ["B"]


@pytest.mark.django_db
def test_programs_and_course_runs_that_are_no_longer_named_stay() -> None:
    load(program("hydrology", courses=[course("A", "1")]), program("geology"))
    load(program("hydrology"))
    assert run_numbers("hydrology") == []
    assert CourseRun.objects.count() == 1
    assert Program.objects.count() == 2


@pytest.mark.django_db
def test_course_runs_of_nested_programs_are_in_the_program() -> None:
    inner = program("soil", courses=[course("SOIL", "1")], type_="MicroMasters")
    middle = program("earth", curriculum("m", course("EARTH", "1"), programs=[inner]))
    outer = program("planet", curriculum("p", course("PLANET", "1"), programs=[middle]))

    assert results(outer) == {"planet": "created", "earth": "created", "soil": "created"}
    assert run_numbers("planet") == ["EARTH", "PLANET", "SOIL"]
    assert run_numbers("soil") == ["SOIL"]
    assert results(outer) == {"planet": "unchanged", "earth": "unchanged", "soil": "unchanged"}


@pytest.mark.django_db
def test_a_nested_program_may_say_its_uuid_alone() -> None:
    reference = ProgramRecord(uuid=uuid("soil"))
    outer = program("planet", curriculum("p", programs=[reference]))

    assert results(outer, program("soil", courses=[course("SOIL", "1")])) == {
        "planet": "created",
        "soil": "created",
    }
    assert run_numbers("planet") == ["SOIL"]
    assert results(outer) == {"planet": "unchanged"}


@pytest.mark.django_db
def test_a_change_in_a_nested_program_is_its_own() -> None:
    def planet(soil_title: str) -> ProgramRecord:
        soil = program("soil", title=soil_title)
        return program("planet", curriculum("p", programs=[soil]))

    load(planet("Soil"))
    assert results(planet("Soils")) == {"planet": "unchanged", "soil": "updated"}


@pytest.mark.django_db
def test_what_is_said_at_the_top_outweighs_what_is_said_inside_another_program() -> None:
    inside = program("planet", curriculum("p", programs=[program("soil", title="Inside")]))
    load(inside, program("soil", title="Top"))
    assert get_program(key="soil").title == "Top"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("type_", "mode"),
    [
        ("Masters", "masters"),
        ("MicroMasters", "verified"),
        ("XSeries", "verified"),
        ("Professional Certificate", "verified"),
        ("Never heard of", "verified"),
        (None, "verified"),
    ],
)
def test_the_type_says_which_mode_a_program_grants(type_: str | None, mode: str) -> None:
    load(ProgramRecord(uuid=uuid("p"), key="p", type=type_, authoring_organizations=(RIVERU,)))
    assert get_program(key="p").mode == mode


@pytest.mark.django_db
def test_the_mode_follows_the_type_unless_it_is_said() -> None:
    load(program("a", type_="XSeries"))
    load(program("a", type_="Masters"))
    assert get_program(key="a").mode == "masters"
    load(ProgramRecord(uuid=uuid("a"), mode="professional"))
    load(program("a", type_="Masters"))
    assert get_program(key="a").mode == "professional"


@pytest.mark.django_db
def test_the_key_of_a_new_program_is_its_slug_unless_that_is_taken() -> None:
    def named(name: str, **said: str) -> ProgramRecord:
        return ProgramRecord(uuid=uuid(name), **said)  # type: ignore[arg-type]

    loaded = load(
        named("a", key="short", marketing_slug="long"),
        named("b", marketing_slug="Slug"),
        named("c", marketing_slug="slug"),
        named("d", marketing_slug="with:colon"),
        named("e", title="Without"),
    )
    assert [each.key for each in loaded] == [
        "short",
        "Slug",
        str(uuid("c")),
        str(uuid("d")),
        str(uuid("e")),
    ]


@pytest.mark.django_db
def test_a_key_stays_when_the_slug_changes() -> None:
    load(program("a"))
    load(ProgramRecord(uuid=uuid("a"), marketing_slug="b"))
    assert get_program(key="a").uuid == uuid("a")


@pytest.mark.django_db
def test_two_programs_may_exchange_their_keys() -> None:
    load(program("a"), program("b"))
    load(ProgramRecord(uuid=uuid("a"), key="b"), ProgramRecord(uuid=uuid("b"), key="a"))
    assert get_program(key="a").uuid == uuid("b")


@pytest.mark.django_db
def test_a_moment_without_time_zone_is_in_utc() -> None:
    run = CourseRunRecord(
        key="course-v1:RiverU+HYD1+1",
        start=datetime(2031, 1, 1),  # noqa: DTZ001  the point of the test
        end=datetime(2031, 6, 1, tzinfo=UTC),
    )
    hydrology = program("hydrology", courses=[CourseRecord(key="RiverU+HYD1", course_runs=(run,))])
    load(hydrology)
    assert CourseRun.objects.get().start_at == datetime(2031, 1, 1, tzinfo=UTC)
    assert results(hydrology) == {"hydrology": "unchanged"}


@pytest.mark.django_db
def test_a_course_run_may_be_in_several_programs() -> None:
    shared = course("SHARED", "1")
    load(program("a", courses=[shared]), program("b", curriculum("c", shared)))
    assert run_numbers("a") == run_numbers("b") == ["SHARED"]


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_go_one_by_one() -> None:
    programs = [program(f"p{number}", curriculum(f"c{number}")) for number in range(50)]
    start, outcomes = Barrier(2), list[set[str]]()

    def load_all(records: list[ProgramRecord]) -> None:
        start.wait()
        try:
            outcomes.append(set(results(*records).values()))
        finally:
            connection.close()

    for _ in range(5):
        threads = [Thread(target=load_all, args=(order,)) for order in (programs, programs[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert outcomes[0] == {"created"}
    assert outcomes[1:] == [{"unchanged"}] * 9


@pytest.mark.django_db
def test_a_load_is_logged_with_how_many_programs_became_what(
    caplog: pytest.LogCaptureFixture,
) -> None:
    load(program("a"))
    with caplog.at_level(logging.INFO, logger="matricula.lms.catalog"):
        load(program("a"), program("b"), program("c"))
    record = [each for each in caplog.records if each.message == "catalog:loaded"][-1]
    assert record.__dict__["programs"] == {"unchanged": 1, "created": 2}
