"""What was read of a program is kept under the catalog's stamp, and no longer."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction

from matricula.lms.catalog.api import (
    CourseRun,
    Curriculum,
    Program,
    ProgramOrganization,
    ProgramOutline,
    UnknownProgram,
    get_program,
    get_program_head,
)
from matricula.lms.catalog.keeping import MOST_KEPT, Kept
from matricula.lms.organizations.api import Organization
from tests import given
from tests.lms.catalog.records import HILLU, course, curriculum, load, program
from tests.lms.kernel.seeing import Plan, count_statements, list_nodes, look, planning
from tests.races.running import Running


def stamp() -> UUID:
    found: UUID = look("SELECT stamp FROM catalog_stamp")[0][0]
    return found


def read(key: str) -> ProgramOutline:
    """As a request does: the stamp first, with who calls."""
    return get_program(key=key, stamp=stamp())


@pytest.mark.django_db
def test_a_program_is_read_once_for_as_long_as_the_catalog_stays_so() -> None:
    made = given.program(runs=[given.course_run("HYD1")])
    now = stamp()
    for get in (get_program, get_program_head):
        ask = partial(get, key=str(made.uuid), stamp=now)
        first = ask()
        assert count_statements(ask) == 0
        assert ask() == first == get(key=str(made.uuid))
        assert count_statements(partial(get, key=str(made.uuid))) == 1


def _name_a_run() -> None:
    Program.objects.get(key="hydrology").course_runs.add(given.course_run("HYD2"))


def _list_a_run() -> None:
    Curriculum.objects.earliest("id").course_runs.add(given.course_run("HYD2"))


def _nest_a_program() -> None:
    inner = given.program("inner", runs=[given.course_run("HYD2")])
    Curriculum.objects.earliest("id").programs.add(Program.objects.get(pk=inner.id))


CHANGES: list[Callable[[], object]] = [
    lambda: Program.objects.update(title="Water"),
    lambda: Curriculum.objects.update(is_active=False),
    lambda: ProgramOrganization.objects.update(organization=given.school("Hillside")),
    lambda: Organization.objects.update(key="River"),
    lambda: CourseRun.objects.update(external_key="H1"),
    lambda: Program.course_runs.through.objects.all().delete(),
    _name_a_run,
    _list_a_run,
    _nest_a_program,
]


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_it_is_seen_by_who_asks_next(change: Callable[[], object]) -> None:
    made = given.program(runs=[given.course_run("HYD1")])
    before = read(str(made.uuid))
    change()
    after = read(str(made.uuid))
    assert after != before
    assert after == get_program(key=str(made.uuid))


STAMPED = """
SELECT DISTINCT event_object_table, event_manipulation FROM information_schema.triggers
WHERE trigger_name = 'stamps_the_catalog'
"""
TRUNCATED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgtype & 32 > 0 AND tgname = %s"


@pytest.mark.django_db
def test_every_table_that_a_program_is_read_from_changes_the_stamp() -> None:
    made = given.program(runs=[given.course_run("HYD1")])
    with planning("WITH") as plans:
        get_program(key=str(made.uuid))
        get_program_head(key=str(made.uuid))
    read = {node["Relation Name"] for plan in plans for node in list_nodes(plan) if on_table(node)}
    assert read > {"organization", "course_run", "curriculum_program"}
    writes = {(table, event) for table in read for event in ("INSERT", "UPDATE", "DELETE")}
    needless = {
        *((table, event) for table, event in writes if table == "catalog_stamp"),
        *(("organization", event) for event in ("INSERT", "DELETE")),
    }
    assert set(look(STAMPED)) == writes - needless
    truncated = {table for (table,) in look(TRUNCATED, "stamps_the_catalog")}
    assert truncated == read - {"catalog_stamp", "organization"}


def on_table(node: Plan) -> bool:
    return "Relation Name" in node


@pytest.mark.django_db
def test_what_is_copied_into_a_table_is_seen_too() -> None:
    made = given.program(runs=[given.course_run("HYD1")])
    before, link = stamp(), (Curriculum.objects.earliest("id").pk, made.id)
    copying = "COPY curriculum_program (curriculum_id, program_id) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copying) as to:
        to.write_row(link)
    assert stamp() != before


@pytest.mark.django_db
def test_a_load_that_changes_nothing_leaves_the_stamp() -> None:
    wanted = program("hydrology", curriculum("new", course("HYD1", "2031_T1")))
    load(wanted)
    before = stamp()
    load(wanted)
    assert stamp() == before


@pytest.mark.django_db
def test_without_a_stamp_nothing_is_kept() -> None:
    kept: Kept[str] = Kept()
    kept.keep("a", "thing", stamp=None)
    assert kept.find("a", stamp=None) is None


def test_only_so_many_are_kept() -> None:
    kept: Kept[int] = Kept()
    stamp = UUID(int=1)
    for number in range(3 * MOST_KEPT):
        kept.keep(str(number), number, stamp=stamp)
        assert kept.find(str(number), stamp=stamp) == number
    assert sum(kept.find(str(each), stamp=stamp) is not None for each in range(1500)) <= MOST_KEPT


@pytest.mark.django_db(transaction=True)
def test_what_was_read_of_a_change_that_is_taken_back_is_never_found_again() -> None:
    made = given.program()
    key = str(made.uuid)
    before = read(key)
    with transaction.atomic():
        Program.objects.update(title="Never")
        assert read(key).title == "Never"
        transaction.set_rollback(True)
    assert read(key) == before
    Program.objects.update(title="Water")
    assert read(key).title == "Water"


@pytest.mark.django_db(transaction=True)
def test_a_load_is_seen_from_its_commit_on_and_not_before() -> None:
    load(program("hydrology", curriculum("new")))
    old = read("hydrology")
    wanted = program(
        "hydrology", curriculum("new", course("HYD1", "2031_T1")), organizations=[HILLU]
    )
    loading = Running(partial(load, wanted), before_commit=True)
    assert read("hydrology") == old
    loading.result()
    found = read("hydrology")
    assert found.organization_key == "HillU"
    assert [run.key for run in found.runs] == ["course-v1:RiverU+HYD1+2031_T1"]


@pytest.mark.django_db(transaction=True)
def test_a_program_that_is_gone_is_not_found_though_it_was_kept() -> None:
    key = str(given.program().uuid)
    read(key)
    with transaction.atomic():
        ProgramOrganization.objects.all().delete()
        Curriculum.objects.all().delete()
        Program.objects.all().delete()
    with pytest.raises(UnknownProgram):
        read(key)
