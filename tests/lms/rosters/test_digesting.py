"""The digest of what a program holds. That a copy computes the same is tested with the client."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramLead, ProgramOutline, get_program_lead
from matricula.lms.identities.api import unbind_identity
from matricula.lms.kernel.api import Actor
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from matricula.lms.rosters import digesting
from matricula.lms.rosters.api import (
    ProgramDigest,
    RosterKind,
    digest_program,
    list_bucket_rows,
)
from matricula.lms.rosters.models import RosterDigest
from tests import given
from tests.lms.kernel.seeing import (
    LEADING_COLUMNS,
    STATISTICS,
    count_statements,
    know_statistics,
    list_nodes,
    list_quadratic_nodes,
    look,
    planning,
    wait_for_others,
)

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)
LEAD = 1
"""The statement by which a test finds the program."""
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology", runs=[given.course_run("HYD1"), given.course_run("HYD2")])


def lead() -> ProgramLead:
    return get_program_lead(key="hydrology")


def digest(kind: RosterKind = RosterKind.PROGRAM, by: Actor = given.OPERATOR) -> ProgramDigest:
    return digest_program(program=lead(), kind=kind, by=by)


def list_rows(
    kind: RosterKind = RosterKind.PROGRAM, by: Actor = given.OPERATOR
) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    list_bucket_rows(
        program=lead(),
        kind=kind,
        buckets=range(256),
        to=lambda rows: found.extend(tuple(row.cells) for row in rows),
        by=by,
    )
    return sorted(found, key=lambda row: row[-1])


def test_a_digest_is_of_all_rows_and_of_each_bucket(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", "rv-2", "rv-3", program=hydrology)

    found = digest()

    assert (found.rows, sum(each.rows for each in found.buckets)) == (3, 3)
    assert [each.bucket for each in found.buckets] == sorted(
        {each.bucket for each in found.buckets}
    )
    assert {len(found.digest), *(len(each.digest) for each in found.buckets)} == {64}


def test_a_change_and_its_opposite_lead_back_to_the_same_digest(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    before = digest()

    given.enrolled("rv-1", program=hydrology, status="ended", at=LATER)
    assert digest() != before

    given.enrolled("rv-1", program=hydrology, at=LATER)
    assert digest() == before


def test_rows_are_of_students_whom_the_programs_rosters_can_name(
    hydrology: ProgramOutline,
) -> None:
    given.enrolled("rv-1", "rv-2", program=hydrology)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.enrolled("rv-3", program=given.program("botany"))
    (curriculum,) = map(str, hydrology.curricula)
    assert list_rows() == [
        (curriculum, "enrolled", "true", "rv-1"),
        (curriculum, "enrolled", "false", "rv-2"),
    ]

    given.retired(mira)

    assert list_rows() == [(curriculum, "enrolled", "false", "rv-2")]
    assert digest().rows == 1


def test_a_key_that_is_spelled_otherwise_is_in_the_same_bucket(hydrology: ProgramOutline) -> None:
    given.enrolled("Rv-É", program=hydrology)
    upper = digest().buckets[0]
    given.enrolled("rV-é", program=given.program("botany"))
    botany = digest_program(
        program=get_program_lead(key="botany"), kind=RosterKind.PROGRAM, by=given.OPERATOR
    )

    assert botany.buckets[0].bucket == upper.bucket


@pytest.mark.parametrize("kind", RosterKind)
def test_only_who_reads_the_organizations_enrollments_is_told(
    hydrology: ProgramOutline, kind: RosterKind
) -> None:
    reader = given.holder_of("read", username="reader")
    other = given.holder_of("read", school_key="LakeU", username="other")

    assert digest(kind, by=reader).rows == 0
    with pytest.raises(PermissionMissing):
        digest(kind, by=other)
    with pytest.raises(PermissionMissing):
        list_rows(kind, by=other)


@committed
def test_what_is_kept_holds_until_the_program_changes(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    wait_for_others()

    assert count_statements(digest) == 3 + LEAD  # looked for, computed, kept
    assert count_statements(digest) == 1 + LEAD
    given.enrolled("rv-9", program=given.program("botany"))
    wait_for_others()
    assert count_statements(digest) == 2 + LEAD  # looked through, and kept from here on
    assert count_statements(digest) == 1 + LEAD


def _take_back(program: ProgramOutline) -> object:
    return withdraw_waiting(
        which=Waiting(program_id=program.id, names=(given.key_of("rv-2"),)),
        by=given.OPERATOR,
        at=LATER,
        reason="never came",
    )


def _unbind(program: ProgramOutline) -> object:
    del program
    name = given.key_of("rv-1")
    return unbind_identity(name=name, by=given.OPERATOR, at=LATER, reason="was a mistake")


def _give_course(program: ProgramOutline, *, status: str = "active", staff: str = "") -> object:
    run = given.course_run("HYD1")
    return given.on_course("rv-1", program=program, run=run, status=status, course_staff=staff)


CHANGES: dict[str, Callable[[ProgramOutline], object]] = {
    "status": lambda program: given.enrolled("rv-1", program=program, status="ended"),
    "somebody new": lambda program: given.enrolled("rv-3", program=program),
    "taken back": _take_back,
    "bound": lambda _: given.bound("rv-2", given.account("noor")),
    "unbound": _unbind,
    "course": lambda program: _give_course(program, status="inactive"),
    "staff": lambda program: _give_course(program, staff="true"),
    "another course": lambda program: given.on_course(
        "rv-2", program=program, run=given.course_run("HYD2")
    ),
}


@committed
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_the_program_is_missed(hydrology: ProgramOutline, change: str) -> None:
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.on_course("rv-1", "rv-2", program=hydrology, run=given.course_run("HYD1"))
    given.bound("rv-1", given.account("mira"))
    wait_for_others()
    before = [digest(kind) for kind in RosterKind]

    CHANGES[change](hydrology)

    after = [digest(kind) for kind in RosterKind]
    RosterDigest.objects.all().delete()
    assert after == [digest(kind) for kind in RosterKind]
    assert after != before


@committed
def test_another_leading_organization_speaks_of_other_students(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    wait_for_others()
    assert digest().rows == 1

    other = ProgramLead(hydrology.id, hydrology.key, given.school("LakeU").pk)

    assert digest_program(program=other, kind=RosterKind.PROGRAM, by=given.OPERATOR).rows == 0


@committed
def test_after_many_changes_elsewhere_it_is_computed_again(
    hydrology: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digesting, "LOOKED_AT", 3)
    given.enrolled("rv-1", program=hydrology)
    wait_for_others()
    before = digest()

    given.enrolled("rv-7", "rv-8", "rv-9", program=given.program("botany"))
    wait_for_others()

    assert count_statements(digest) == 3 + LEAD
    assert digest() == before


@pytest.mark.parametrize("kind", RosterKind)
def test_its_statements_do_not_grow_with_the_rows(
    hydrology: ProgramOutline, kind: RosterKind
) -> None:
    given.enrolled("rv-1", program=hydrology)
    few = count_statements(lambda: digest(kind)), count_statements(lambda: list_rows(kind))

    keys = [f"rv-{number}" for number in range(300)]
    given.enrolled(*keys, program=hydrology)
    given.on_course(*keys, program=hydrology, run=given.course_run("HYD1"))

    many = count_statements(lambda: digest(kind)), count_statements(lambda: list_rows(kind))
    assert many == few


@pytest.mark.parametrize("kind", RosterKind)
@pytest.mark.parametrize("statistics", STATISTICS)
def test_no_table_is_read_once_a_row(
    hydrology: ProgramOutline, kind: RosterKind, statistics: str
) -> None:
    keys = [f"rv-{number}" for number in range(2_000)]
    given.enrolled(*keys, program=hydrology)
    given.on_course(*keys, program=hydrology, run=given.course_run("HYD1"))
    know_statistics(statistics)

    with planning("WITH row") as plans:
        digest(kind)

    (plan,) = plans
    read_whole = {node.rpartition(" on ")[2] for node in list_quadratic_nodes(plan)}
    assert read_whole <= {"curriculum", "course_run"}  # of which there are few


@pytest.mark.parametrize("statistics", STATISTICS)
def test_a_change_is_looked_up_by_what_it_changed_and_never_among_all_of_the_program(
    hydrology: ProgramOutline, statistics: str
) -> None:
    keys = [f"rv-{number}" for number in range(2_000)]
    digest()
    given.enrolled(*keys, program=hydrology)
    know_statistics(statistics)

    with planning("SELECT ledger_horizon()") as plans:
        digest()

    (plan,) = plans
    probes = [node for node in list_nodes(plan) if "enrollment" in node.get("Index Name", "")]
    assert len(probes) == 2
    for node in probes:
        first = dict(look(LEADING_COLUMNS))[node["Index Name"]]
        assert f"({first} = " in node["Index Cond"]
