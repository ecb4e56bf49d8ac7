"""Listing program enrollments, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import Identity
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import (
    ListedProgramEnrollment,
    ProgramEnrollmentsWanted,
    list_program_enrollments,
)
from tests import given
from tests.lms.kernel.seeing import (
    count_statements,
    know_statistics,
    list_nodes,
    look,
    planning,
)

pytestmark = pytest.mark.django_db

BY_IDENTITY = {
    "one_enrollment_per_identity_and_curriculum",
    "a_program_enrollment_and_its_identity",
}
LATER = given.NOW + timedelta(days=1)


def listed(*, by: Actor = given.OPERATOR, **which: Any) -> list[ListedProgramEnrollment]:  # noqa: ANN401  any side
    wanted = ProgramEnrollmentsWanted(**which)
    return list_program_enrollments(which=wanted, limit=100, by=by)


def keys(**which: Any) -> list[str | None]:  # noqa: ANN401  any side
    return [each.student_key for each in listed(**which)]


@pytest.fixture
def program() -> ProgramOutline:
    """Three students of RiverU in hydrology, one of LakeU in lakes."""
    made = given.program()
    given.enrolled("rv-1", "rv-2", program=made)
    given.enrolled("rv-3", program=made, status="suspended", at=LATER)
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    return made


def test_a_row_has_all_that_a_school_asks_for(program: ProgramOutline) -> None:
    given.bound("rv-2", given.account("mira"))
    waiting, bound, *_ = listed(program_id=program.id)
    [(id_,)] = look(
        "SELECT e.id FROM program_enrollment e JOIN identity i ON i.id = identity_id"
        " WHERE value = 'rv-1'"
    )
    assert waiting == ListedProgramEnrollment(
        id=id_,
        student_key="rv-1",
        organization="RiverU",
        program="hydrology",
        program_uuid=str(program.uuid),
        curriculum=str(next(iter(program.curricula))),
        status="enrolled",
        waiting=True,
        account_exists=False,
        username="",
        email="",
        created_at=given.NOW,
        modified_at=given.NOW,
    )
    assert (bound.waiting, bound.account_exists) == (False, True)
    assert (bound.username, bound.email) == ("mira", "mira@example.org")


def test_retired_people_are_listed_by_the_word_that_stands_for_them(
    program: ProgramOutline,
) -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.retired(mira)
    retired = listed(program_id=program.id)[0]
    assert retired.student_key is not None
    assert retired.student_key.startswith("retired_")
    assert (retired.waiting, retired.account_exists, retired.username) == (False, False, "")


def test_pages_follow_each_other_forwards_and_backwards(program: ProgramOutline) -> None:
    given.enrolled(*(f"rv-1{n}" for n in range(7)), program=given.program("botany"))
    for which in (
        ProgramEnrollmentsWanted(),
        ProgramEnrollmentsWanted(organization_id=given.school().pk),
    ):
        whole = list_program_enrollments(which=which, limit=100, by=given.OPERATOR)
        ids = [each.id for each in whole]
        assert ids == sorted(ids)
        assert len(ids) >= 10
        for n, id_ in enumerate(ids):
            forth = list_program_enrollments(which=which, limit=3, by=given.OPERATOR, after=id_)
            back = list_program_enrollments(which=which, limit=3, by=given.OPERATOR, before=id_)
            assert (forth, back) == (whole[n + 1 : n + 4], whole[max(n - 3, 0) : n])
        both = list_program_enrollments(
            which=which, limit=3, by=given.OPERATOR, after=ids[1], before=ids[4]
        )
        assert both == whole[2:4]


def test_every_filter_leaves_what_it_names(program: ProgramOutline) -> None:
    assert keys() == ["rv-1", "rv-2", "rv-3", "lk-1"]
    assert keys(program_id=program.id) == ["rv-1", "rv-2", "rv-3"]
    assert keys(organization_id=given.school("LakeU").pk) == ["lk-1"]
    assert keys(statuses=("suspended", "ended")) == ["rv-3"]
    assert keys(curriculum_id=program.active_curriculum_id) == ["rv-1", "rv-2", "rv-3"]
    assert keys(names=(given.key_of("RV-2"), given.key_of("nobody"))) == ["rv-2"]
    assert keys(names=()) == []
    ids = dict(Identity.objects.values_list("value", "pk"))
    assert keys(identity_ids=(ids["rv-1"], ids["lk-1"])) == ["rv-1", "lk-1"]
    assert keys(identity_ids=(ids["rv-1"],), names=(given.key_of("rv-2"),)) == []
    assert keys(program_id=program.id, statuses=("enrolled",)) == ["rv-1", "rv-2"]


def test_an_account_and_who_waits_can_be_asked_for(program: ProgramOutline) -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound("lk-1", mira, school_key="LakeU")
    assert keys(account_id=mira.pk) == ["rv-1", "lk-1"]
    assert keys(account_id=mira.pk, program_id=program.id) == ["rv-1"]
    assert keys(waiting=True) == ["rv-2", "rv-3"]
    assert keys(waiting=False) == ["rv-1", "lk-1"]
    given.retired(mira)
    assert keys(waiting=True) == ["rv-2", "rv-3"]


def test_a_write_a_binding_and_a_retirement_are_changes(program: ProgramOutline) -> None:
    assert keys(changed_since=LATER) == ["rv-3"]
    mira = given.account("mira")
    given.bound("rv-1", mira, at=LATER)
    assert keys(changed_since=LATER) == ["rv-1", "rv-3"]
    given.retired(mira, at=LATER + timedelta(days=1))
    assert len(keys(changed_since=LATER + timedelta(days=1))) == 1


class TestPermission:
    def test_a_reader_sees_the_programs_of_the_school(self, program: ProgramOutline) -> None:
        river = given.holder_of("read")
        assert keys(by=river) == keys(program_id=program.id)
        assert keys(by=river, names=(given.key_of("lk-1", school_key="LakeU"),)) == []
        assert keys(by=given.holder_of("read", school_key=None, username="all")) == keys()

    @pytest.mark.usefixtures("program")
    def test_who_may_read_nothing_sees_nothing(self) -> None:
        assert keys(by=given.acting(given.account("nobody"))) == []
        assert keys(by=given.MAIL) == []

    def test_another_schools_program_is_refused(self, program: ProgramOutline) -> None:
        lake = given.holder_of("read", school_key="LakeU")
        for which in (
            {"program_id": program.id},
            {"program_id": 0},
            {"organization_id": given.school().pk},
        ):
            with pytest.raises(PermissionMissing):
                listed(by=lake, **which)

    def test_everybody_sees_their_own(self, program: ProgramOutline) -> None:
        mira, noah = given.account("mira"), given.account("noah")
        given.bound("rv-1", mira)
        given.bound("rv-2", noah)
        assert keys(by=given.acting(mira), account_id=mira.pk) == ["rv-1"]
        assert keys(by=given.acting(mira), account_id=noah.pk) == []
        own = {"account_id": mira.pk, "program_id": program.id}
        assert keys(by=given.acting(mira), **own) == ["rv-1"]


@pytest.mark.parametrize("rows", [3, 60])
def test_the_number_of_statements_does_not_depend_on_the_rows(rows: int) -> None:
    program = given.program()
    given.enrolled(*(f"rv-{n}" for n in range(rows)), program=program)
    reader, name = given.holder_of("read"), given.key_of("rv-1")
    assert count_statements(lambda: listed(program_id=program.id)) == 1
    assert count_statements(lambda: listed(names=(name,))) == 2
    assert count_statements(lambda: listed(by=reader)) == 2
    assert count_statements(lambda: listed(by=reader, program_id=program.id)) == 3


@pytest.mark.parametrize("statistics", ["true", "of empty tables"])
def test_a_page_far_in_reads_a_page(statistics: str) -> None:
    """Each start by the index that begins with it; neither table is read whole or sorted."""
    programs = [given.program(f"p{n}") for n in range(3)]
    for program in programs:
        given.enrolled(*(f"rv-{n}" for n in range(4000)), program=program)
    know_statistics(statistics)
    [(id_,)] = look("SELECT id FROM program_enrollment ORDER BY id OFFSET 6000 LIMIT 1")
    reader = given.holder_of("read")
    with planning("\nSELECT page.id", "SELECT page.id") as plans:
        for which, by in (
            (ProgramEnrollmentsWanted(), given.OPERATOR),
            (ProgramEnrollmentsWanted(), reader),
            (ProgramEnrollmentsWanted(program_id=programs[1].id), given.OPERATOR),
            (ProgramEnrollmentsWanted(organization_id=given.school().pk), given.OPERATOR),
            (ProgramEnrollmentsWanted(names=(given.key_of("rv-7"),)), given.OPERATOR),
        ):
            for ends in ({"after": id_}, {"before": id_}):
                list_program_enrollments(which=which, limit=50, by=by, **ends)
    assert len(plans) == 10
    by_start = [
        node["Index Name"]
        for plan in plans
        for node in list_nodes(plan)
        if node.get("Relation Name") == "program_enrollment"
    ]
    assert by_start[:8] == ["program_enrollment_pkey"] * 2 + ["enrollment_of_program"] * 6
    assert set(by_start[8:]) <= BY_IDENTITY
    for plan in plans:
        whole = {
            node["Relation Name"] for node in list_nodes(plan) if node["Node Type"] == "Seq Scan"
        }
        assert not whole & {"identity", "program_enrollment"}
