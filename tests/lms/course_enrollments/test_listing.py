"""Listing grants, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import (
    CourseEnrollmentsWanted,
    ListedCourseEnrollment,
    list_course_enrollments,
)
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.kernel.api import Actor
from tests import given
from tests.lms.kernel.seeing import (
    count_statements,
    know_statistics,
    list_nodes,
    planning,
)

pytestmark = pytest.mark.django_db

BY_START = (
    "course_enrollment_pkey",
    "grant_in_course_run",
    "grant_of_program_enrollment",
    "one_grant_per_identity_run_and_program_enrollment",
)
LATER = given.NOW + timedelta(days=1)
Key = tuple[str, str]


def listed(*, by: Actor = given.OPERATOR, **which: Any) -> list[ListedCourseEnrollment]:  # noqa: ANN401  any side
    wanted = CourseEnrollmentsWanted(**which)
    return list_course_enrollments(which=wanted, limit=100, by=by)


def keys(**which: Any) -> list[Key]:  # noqa: ANN401  any side
    return sorted((each.value, each.course_run[17:21]) for each in listed(**which))


@pytest.fixture
def program() -> ProgramOutline:
    """Two students of RiverU on two courses, one of LakeU on one; and three direct grants."""
    hyd, geo = given.course_run(external_key="H-1"), given.course_run("GEO1")
    made = given.program(runs=[hyd, geo])
    given.enrolled("rv-1", "rv-2", program=made)
    for run in (hyd, geo):
        given.on_course("rv-1", "rv-2", program=made, run=run)
    lakes = given.program("lakes", school_key="LakeU", runs=[hyd])
    given.enrolled("lk-1", program=lakes)
    given.on_course("lk-1", program=lakes, run=hyd)
    given.direct(given.key_of("rv-3"), email_address("a@example.org"), run=geo)
    given.direct(given.key_of("lk-1", school_key="LakeU"), run=geo)
    return made


RIVER = [("rv-1", "GEO1"), ("rv-1", "HYD1"), ("rv-2", "GEO1"), ("rv-2", "HYD1")]
LAKE = [("lk-1", "HYD1")]
DIRECT = [("a@example.org", "GEO1"), ("lk-1", "GEO1"), ("rv-3", "GEO1")]


def test_a_row_has_all_that_a_school_asks_for(program: ProgramOutline) -> None:
    given.on_course("rv-1", program=program, run=given.course_run(), course_staff="yes")
    waiting = listed(program_id=program.id)[0]
    assert waiting == ListedCourseEnrollment(
        group=waiting.group,
        id=waiting.id,
        kind="student_key",
        value="rv-1",
        organization="RiverU",
        program="hydrology",
        program_uuid=str(program.uuid),
        curriculum=str(next(iter(program.curricula))),
        program_status="enrolled",
        course_run=given.course_run().key,
        external_key="H-1",
        mode="masters",
        is_active=True,
        effective=False,
        course_staff=True,
        waiting=True,
        account_exists=False,
        username="",
        email="",
        created_at=given.NOW,
        modified_at=given.NOW,
    )
    assert waiting.student_key == "rv-1"
    given.bound("rv-1", given.account("mira"))
    bound = listed(program_id=program.id)[0]
    assert (bound.effective, bound.waiting, bound.account_exists) == (True, False, True)
    assert (bound.username, bound.email) == ("mira", "mira@example.org")


def test_a_direct_grant_has_no_program(program: ProgramOutline) -> None:
    [grant] = listed(names=(email_address("a@example.org"),))
    assert (grant.program, grant.program_uuid, grant.curriculum) == (None, None, None)
    assert (grant.program_status, grant.organization, grant.student_key) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "course", "effective"),
    [("enrolled", "active", True), ("suspended", "active", False), ("ended", "inactive", False)],
)
def test_effective_is_what_gives_a_seat(
    program: ProgramOutline, status: str, course: str, *, effective: bool
) -> None:
    given.bound("rv-1", given.account("mira"))
    given.on_course("rv-1", program=program, run=given.course_run(), status=course)
    given.enrolled("rv-1", program=program, status=status)
    found = listed(program_id=program.id, course_run_ids=(given.course_run().pk,))
    assert [each.effective for each in found] == [effective, False]


def test_who_is_staff_by_another_of_their_names_is_staff(program: ProgramOutline) -> None:
    mira, hyd = given.account("mira"), given.course_run()
    botany = given.program("botany", runs=[hyd])
    given.enrolled("rv-9", program=botany)
    given.on_course("rv-9", program=botany, run=hyd, course_staff="yes")
    given.bound("rv-1", mira)
    assert not any(each.course_staff for each in listed(program_id=program.id))
    given.bound("rv-9", mira)
    staff = [each for each in listed(program_id=program.id) if each.course_staff]
    assert [(each.value, each.course_run) for each in staff] == [("rv-1", hyd.key)]


def test_every_filter_leaves_what_it_names(program: ProgramOutline) -> None:
    hyd, geo = given.course_run().pk, given.course_run("GEO1").pk
    assert keys() == sorted(RIVER + LAKE + DIRECT)
    assert keys(program_id=program.id) == RIVER
    assert keys(course_run_ids=(hyd,)) == [*LAKE, RIVER[1], RIVER[3]]
    assert keys(course_run_ids=(hyd, geo)) == keys()
    assert keys(course_run_ids=(hyd, hyd)) == keys(course_run_ids=(hyd,))
    assert keys(course_run_ids=(hyd,), program_id=program.id) == [RIVER[1], RIVER[3]]
    assert keys(organization_id=given.school("LakeU").pk) == [DIRECT[1], *LAKE]
    assert keys(direct=True) == DIRECT
    assert keys(direct=False) == sorted(RIVER + LAKE)
    assert keys(direct=True, organization_id=given.school().pk) == [DIRECT[2]]
    assert keys(direct=False, organization_id=given.school().pk) == RIVER
    assert keys(direct=True, program_id=program.id) == []
    assert keys(names=(given.key_of("RV-1"), email_address("A@example.org"))) == [
        DIRECT[0],
        *RIVER[:2],
    ]
    given.on_course("rv-1", program=program, run=given.course_run(), status="inactive")
    assert keys(is_active=False) == [("rv-1", "HYD1")]
    given.enrolled("rv-2", program=program, status="ended")
    assert keys(statuses=("ended",)) == RIVER[2:]


def test_an_account_and_who_waits_can_be_asked_for(program: ProgramOutline) -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.granted(account_itself(mira.uuid), run=given.course_run())
    own = [(str(mira.uuid), "HYD1"), *RIVER[:2]]
    assert keys(account_id=mira.pk) == own
    assert keys(waiting=False) == own
    assert keys(waiting=True) == sorted(RIVER[2:] + LAKE + DIRECT)


def test_a_write_of_either_and_a_binding_are_changes(program: ProgramOutline) -> None:
    assert keys(changed_since=LATER) == []
    given.on_course("rv-1", program=program, run=given.course_run(), status="inactive", at=LATER)
    assert keys(changed_since=LATER) == [("rv-1", "HYD1")]
    given.enrolled("rv-2", program=program, status="ended", at=LATER)
    assert keys(changed_since=LATER) == RIVER[1:]
    given.bound("lk-1", given.account("mira"), school_key="LakeU", at=LATER)
    assert keys(changed_since=LATER) == sorted(RIVER[1:] + LAKE + [DIRECT[1]])


@pytest.mark.parametrize("side", ["none", "program", "organization", "run", "reader", "direct"])
def test_pages_follow_each_other_forwards_and_backwards(
    program: ProgramOutline, side: str
) -> None:
    more = [f"rv-1{n}" for n in range(4)]
    given.enrolled(*more, program=program)
    given.on_course(*more, program=program, run=given.course_run())
    given.direct(*map(given.key_of, more), run=given.course_run("GEO1"))
    by = given.holder_of("read") if side == "reader" else given.OPERATOR
    which = {
        "program": CourseEnrollmentsWanted(program_id=program.id),
        "organization": CourseEnrollmentsWanted(organization_id=given.school().pk),
        "run": CourseEnrollmentsWanted(
            course_run_ids=(given.course_run().pk, given.course_run("GEO1").pk)
        ),
        "direct": CourseEnrollmentsWanted(organization_id=given.school().pk, direct=True),
    }.get(side, CourseEnrollmentsWanted())
    whole = list_course_enrollments(which=which, limit=100, by=by)
    positions = [each.position for each in whole]
    assert positions == sorted(set(positions))
    assert len(positions) >= 5
    for n, position in enumerate(positions):
        forth = list_course_enrollments(which=which, limit=3, by=by, after=position)
        back = list_course_enrollments(which=which, limit=3, by=by, before=position)
        assert (forth, back) == (whole[n + 1 : n + 4], whole[max(n - 3, 0) : n])


class TestPermission:
    @pytest.mark.usefixtures("program")
    def test_a_reader_sees_the_schools_programs_and_its_students_direct_grants(self) -> None:
        river = given.holder_of("read")
        assert keys(by=river) == sorted([*RIVER, DIRECT[2]])
        hyd = (given.course_run().pk,)
        assert keys(by=river, course_run_ids=hyd) == [RIVER[1], RIVER[3]]
        geo = (given.course_run("GEO1").pk,)
        assert keys(by=river, course_run_ids=geo) == [RIVER[0], RIVER[2], DIRECT[2]]
        assert keys(by=river, names=(given.key_of("rv-3"),)) == [DIRECT[2]]
        assert keys(by=river, names=(given.key_of("lk-1", school_key="LakeU"),)) == []
        assert keys(by=given.holder_of("read", school_key=None, username="all")) == keys()

    @pytest.mark.usefixtures("program")
    def test_who_may_read_nothing_sees_nothing(self) -> None:
        nobody = given.acting(given.account("nobody"))
        assert keys(by=nobody) == []
        assert keys(by=nobody, course_run_ids=(given.course_run().pk,)) == []

    def test_another_schools_program_is_refused(self, program: ProgramOutline) -> None:
        lake = given.holder_of("read", school_key="LakeU")
        for which in ({"program_id": program.id}, {"organization_id": given.school().pk}):
            with pytest.raises(PermissionMissing):
                listed(by=lake, **which)

    @pytest.mark.usefixtures("program")
    def test_everybody_sees_their_own(self) -> None:
        mira = given.account("mira")
        given.bound("rv-1", mira)
        assert keys(by=given.acting(mira), account_id=mira.pk) == RIVER[:2]


@pytest.mark.parametrize("rows", [3, 60])
def test_the_number_of_statements_does_not_depend_on_the_rows(rows: int) -> None:
    program = given.program(runs=[given.course_run()])
    students = [f"rv-{n}" for n in range(rows)]
    given.enrolled(*students, program=program)
    given.on_course(*students, program=program, run=given.course_run())
    reader, run_ids = given.holder_of("read"), (given.course_run().pk,)
    assert count_statements(lambda: listed(program_id=program.id)) == 1
    assert count_statements(lambda: listed(course_run_ids=run_ids)) == 1
    assert count_statements(lambda: listed(by=reader)) == 3
    assert count_statements(lambda: listed(by=reader, program_id=program.id)) == 3


@pytest.mark.parametrize("statistics", ["true", "of empty tables"])
def test_a_page_far_in_reads_a_page(statistics: str) -> None:
    """Each start by the index that begins with it; no table is read whole."""
    runs = [given.course_run(f"C{n}") for n in range(2)]
    program, other = given.program(runs=runs), given.program("botany", runs=runs)
    students = [f"rv-{n}" for n in range(8000)]
    for each in (program, other):
        given.enrolled(*students, program=each)
    for run in runs:
        given.on_course(*students, program=program, run=run, course_staff="yes")
    know_statistics(statistics)
    middle = listed(names=(given.key_of("rv-1000"),), program_id=program.id)[0].id
    inside = listed(program_id=program.id)[50].position
    with planning("\nSELECT page.place", "SELECT page.place") as plans:
        for which, position in (
            (CourseEnrollmentsWanted(), inside._replace(group=0, id=middle)),
            (CourseEnrollmentsWanted(course_run_ids=(runs[1].pk,)), inside._replace(group=0)),
            (CourseEnrollmentsWanted(program_id=program.id), inside),
            (CourseEnrollmentsWanted(names=(given.key_of("rv-7"),)), None),
        ):
            for ends in ({"after": position}, {"before": position}):
                list_course_enrollments(which=which, limit=50, by=given.OPERATOR, **ends)
    assert len(plans) == 8
    by_start = [
        node["Index Name"]
        for plan in plans
        for node in list_nodes(plan)
        if "Index Name" in node and node["Index Name"] in BY_START
    ]
    assert by_start == [index for index in BY_START for _ in range(2)]
    for plan in plans:
        whole = {
            node["Relation Name"] for node in list_nodes(plan) if node["Node Type"] == "Seq Scan"
        }
        assert not whole & {"identity", "program_enrollment", "course_enrollment", "course_role"}
