"""What waits, a page at a time."""

from datetime import timedelta

import pytest

from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.preemptive_enrollments.api import (
    Waiting,
    WaitingEnrollment,
    list_waiting,
    page_waiting,
)
from tests import given
from tests.lms.kernel.seeing import count_statements, know_statistics, list_nodes, planning

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def pages(
    which: Waiting | None = None, *, limit: int = 2, by: Actor = given.OPERATOR
) -> list[list[WaitingEnrollment]]:
    found = []
    after = None
    while True:
        page = page_waiting(which=which or Waiting(), after=after, limit=limit, by=by)
        found.append(page.rows)
        if page.last is None:
            return found
        after = page.last


def test_pages_add_up_to_all_that_waits() -> None:
    runs = [given.course_run("HYD1"), given.course_run("HYD2")]
    hydrology, botany = given.program(runs=runs), given.program("botany", runs=runs)
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.enrolled("rv-2", "rv-3", program=botany, at=given.NOW + DAY)
    given.on_course("rv-1", program=hydrology, run=runs[0], at=given.NOW + DAY)
    given.direct(email_address("a@x.org"), given.key_of("rv-2"), run=runs[0])
    given.direct(email_address("a@x.org"), run=runs[1])
    given.enrolled("rv-4", program=botany)
    given.bound("rv-4", given.account())
    everything = list_waiting(which=Waiting(), by=given.OPERATOR)
    assert len(everything) == 7

    paged = [row for page in pages() for row in page]
    assert sorted(paged, key=repr) == sorted(everything, key=repr)
    assert [len(page) for page in pages(limit=3)] == [3, 3, 1]
    assert [len(page) for page in pages(limit=7)] == [7]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_it_chooses_as_the_whole_list_does(limit: int) -> None:
    runs = [given.course_run("HYD1"), given.course_run("HYD2")]
    program = given.program(runs=runs)
    lakes = given.program("lakes", school_key="LakeU")
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    given.enrolled("lk-1", program=lakes)
    given.on_course("rv-2", program=program, run=runs[0], at=given.NOW + 2 * DAY)
    given.direct(given.key_of("rv-9"), email_address("a@x.org"), run=runs[1], at=given.NOW + DAY)
    reader = given.holder_of("read")
    for which in (
        Waiting(program_id=program.id),
        Waiting(program_id=program.id, names=(given.key_of("RV-2"),)),
        Waiting(program_id=program.id, organization_id=given.school("LakeU").pk),
        Waiting(program_id=program.id, unchanged_since=given.NOW),
        Waiting(organization_id=given.school().pk),
        Waiting(unchanged_since=given.NOW),
        Waiting(unchanged_since=given.NOW + DAY),
        Waiting(names=(given.key_of("rv-9"), email_address("a@x.org"))),
        Waiting(names=()),
    ):
        for by in (given.OPERATOR, reader):
            whole = list_waiting(which=which, by=by)
            paged = [row for page in pages(which, limit=limit, by=by) for row in page]
            assert sorted(paged, key=repr) == sorted(whole, key=repr)


def test_a_page_is_one_statement() -> None:
    given.enrolled("rv-1", "rv-2", program=given.program())
    assert count_statements(lambda: page_waiting(which=Waiting(), limit=1, by=given.OPERATOR)) == 1


@pytest.mark.parametrize("statistics", ["true", "of empty tables"])
@pytest.mark.parametrize("is_of_program", [False, True])
def test_a_page_reads_no_table_whole(statistics: str, *, is_of_program: bool) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    names = [f"rv-{n}" for n in range(3000)]
    given.enrolled(*names, program=program)
    given.on_course(*names, program=program, run=run)
    know_statistics(statistics)
    which = Waiting(program_id=program.id if is_of_program else None)
    with planning("\nSELECT page", "SELECT page") as plans:
        page_waiting(which=which, limit=10, by=given.OPERATOR)
    (plan,) = plans
    whole = [
        node["Relation Name"]
        for node in list_nodes(plan)
        if node["Node Type"] == "Seq Scan"
        and node["Relation Name"] in {"identity", "program_enrollment", "course_enrollment"}
    ]
    assert whole == []
