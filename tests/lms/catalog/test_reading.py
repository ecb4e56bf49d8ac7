from dataclasses import fields
from functools import partial
from uuid import UUID

import pytest

from matricula.lms.catalog.api import (
    Course,
    CourseRun,
    Curriculum,
    Program,
    ProgramHead,
    ProgramOrganization,
    ProgramOutline,
    ProgramWithoutOrganization,
    UnknownProgram,
    get_program,
    get_program_head,
    list_programs_of_runs,
)
from tests import given
from tests.lms.catalog.records import HILLU, RIVERU, course, curriculum, load, program, uuid
from tests.lms.kernel.seeing import count_statements, list_nodes, planning, run


@pytest.mark.django_db
def test_a_program_is_read_with_what_writes_need_of_it() -> None:
    load(
        program(
            "hydrology",
            curriculum("old", course("HYD0", "2029"), is_active=False),
            curriculum("new", course("HYD1", "2031_T1", external_key="H1")),
            courses=[course("INTRO", "2031_T1")],
            organizations=[HILLU, RIVERU],
        )
    )
    found = get_program(key="hydrology")
    row = Program.objects.get()
    assert isinstance(found, ProgramOutline)
    assert (found.id, found.uuid, found.key, found.title) == (
        row.pk,
        row.uuid,
        "hydrology",
        "Hydrology",
    )
    assert (found.type, found.mode, found.organization_key) == ("Masters", "masters", "HillU")
    assert found.organization_id == ProgramOrganization.objects.get(position=0).organization_id
    assert found.curricula == {each.uuid: each.pk for each in Curriculum.objects.all()}
    assert list(found.curricula) == [uuid("old"), uuid("new")]
    assert found.active_curriculum_id == found.curricula[uuid("new")]
    runs = {each.key: each.pk for each in CourseRun.objects.exclude(key__contains="HYD0")}
    assert {each.key: each.id for each in found.runs} == runs
    assert found.run_ids == {**runs, "H1": runs["course-v1:RiverU+HYD1+2031_T1"]}


@pytest.mark.django_db
def test_its_head_is_the_same_without_the_course_runs() -> None:
    made = given.program("hydrology", runs=[given.course_run("HYD1")])
    same = {field.name: getattr(made, field.name) for field in fields(ProgramHead)}
    for key in (str(made.uuid), "HYDROLOGY"):
        assert get_program_head(key=key) == ProgramHead(**same)
        assert count_statements(partial(get_program_head, key=key)) == 1
    with pytest.raises(UnknownProgram):
        get_program_head(key="botany")


@pytest.mark.django_db
@pytest.mark.parametrize("spelled", ["hydrology", " HYDROLOGY ", "Hydrology"])
def test_it_is_found_by_key_in_any_letter_case_or_by_uuid_in_one_statement(spelled: str) -> None:
    made = given.program("hydrology")
    given.program("botany")
    for key in (spelled, str(made.uuid), str(made.uuid).upper(), made.uuid.hex):
        assert get_program(key=key) == made
        assert count_statements(partial(get_program, key=key)) == 1


@pytest.mark.django_db
def test_a_uuid_is_first_of_all_that_of_a_program() -> None:
    one, other = given.program("one"), given.program("other")
    Program.objects.filter(pk=other.id).update(key=str(one.uuid))
    assert get_program(key=str(one.uuid)).id == one.id
    Program.objects.filter(pk=one.id).update(uuid=UUID(int=7))
    assert get_program(key=str(one.uuid)).id == other.id


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", ["nothing", "", "%", "hydrolog_", "a\0b", "\ud800", str(UUID(int=1))]
)
def test_one_that_is_not_there_is_refused(key: str) -> None:
    given.program("hydrology")
    with pytest.raises(UnknownProgram):
        get_program(key=key)


@pytest.mark.django_db
def test_one_without_organization_is_refused() -> None:
    made = given.program("hydrology")
    ProgramOrganization.objects.all().delete()
    with pytest.raises(ProgramWithoutOrganization, match="'hydrology' has no organization"):
        get_program(key=str(made.uuid))


@pytest.mark.django_db
def test_one_without_anything_in_it_is_read_as_well() -> None:
    given.program("hydrology", active_curricula=0)
    found = get_program(key="hydrology")
    assert (found.curricula, found.active_curriculum_id, found.runs) == ({}, None, ())


@pytest.mark.django_db
@pytest.mark.parametrize("analyzed", [True, False])
def test_others_course_runs_are_not_read_through(analyzed: bool) -> None:  # noqa: FBT001  a parameter of the test
    taught = Course.objects.create(key="RiverU+X")
    runs = CourseRun.objects.bulk_create(
        CourseRun(course=taught, key=f"course-v1:RiverU+X+{number}") for number in range(3000)
    )
    given.program("hydrology", runs=runs[:40])
    if analyzed:
        run("ANALYZE course_run, program_course_run, curriculum, program")
    with planning("WITH RECURSIVE wanted") as plans:
        assert len(get_program(key="hydrology").runs) == 40
    [plan] = plans
    scanned = [
        node.get("Relation Name") for node in list_nodes(plan) if node["Node Type"] == "Seq Scan"
    ]
    assert "course_run" not in scanned


@pytest.mark.django_db
def test_every_program_that_has_a_course_run_is_named_once() -> None:
    one, two = given.course_run("A"), given.course_run("B")
    inner = given.program("inner", runs=[one, two])
    outer, past = given.program("outer"), given.program("past", inactive_curricula=1)
    Curriculum.objects.get(program=outer.id).programs.set([inner.id])
    Curriculum.objects.get(program=past.id, is_active=False).course_runs.set([one])
    found = list_programs_of_runs(run_ids=[one.pk, two.pk])
    assert found == [(inner.id, "inner"), (outer.id, "outer")]
    assert list_programs_of_runs(run_ids=[]) == []


@pytest.mark.django_db
def test_of_a_program_only_the_first_active_curriculum_has_course_runs_for_it() -> None:
    inner = program(
        "inner",
        curriculum("before", course("E", "1"), is_active=False),
        curriculum("after", course("D", "1")),
    )
    load(
        program(
            "hydrology",
            curriculum("old", course("A", "1"), is_active=False),
            curriculum("new", course("B", "1"), programs=[inner]),
            curriculum("next", course("C", "1")),
        ),
        program("past", curriculum("gone", programs=[inner], is_active=False), curriculum("now")),
    )
    ids = dict(CourseRun.objects.values_list("course__key", "pk"))
    holders = {
        each: [key for _, key in list_programs_of_runs(run_ids=[ids[f"RiverU+{each}"]])]
        for each in "ABCDE"
    }
    assert {each: keys for each, keys in holders.items() if keys} == {
        "B": ["hydrology"],
        "D": ["hydrology", "inner"],
    }
    for key in ("hydrology", "inner", "past"):
        numbers = [each.key.split("+")[1] for each in get_program(key=key).runs]
        assert numbers == [each for each, keys in holders.items() if key in keys]
