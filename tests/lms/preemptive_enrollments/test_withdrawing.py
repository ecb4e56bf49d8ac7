"""Taking back what waits: by choice or by age; never what is somebody's; the ledger keeps it."""

from datetime import datetime, timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import ReasonMissing, email_address
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import Actor, Invalid
from matricula.lms.ledger.api import Change
from matricula.lms.preemptive_enrollments.api import (
    NothingChosen,
    TakenBack,
    Waiting,
    expire_waiting,
    list_waiting,
    withdraw_waiting,
)
from tests import given
from tests.lms.kernel.seeing import count_statements, look, read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=100)
NOTHING = TakenBack(program_enrollments=0, course_enrollments=0, course_roles=0)


def withdraw(which: Waiting, *, by: Actor = given.OPERATOR, reason: str = "left") -> TakenBack:
    return withdraw_waiting(which=which, by=by, at=LATER, reason=reason)


def expire(
    days: int, *, at: datetime = LATER, which: Waiting | None = None, by: Actor = given.OPERATOR
) -> TakenBack:
    return expire_waiting(which=which or Waiting(), days=days, by=by, at=at)


def remaining() -> list[str]:
    return [each.value for each in list_waiting(which=Waiting(), by=given.OPERATOR)]


@pytest.fixture
def program() -> ProgramOutline:
    """rv-1 and rv-2 wait in the program, on its course and as staff there."""
    made = given.program(runs=[given.course_run()])
    given.enrolled("rv-1", "rv-2", program=made)
    given.on_course("rv-1", "rv-2", program=made, run=given.course_run(), course_staff="true")
    return made


def test_a_program_is_withdrawn_with_courses_and_roles(program: ProgramOutline) -> None:
    assert withdraw(Waiting(program_id=program.id)) == TakenBack(
        program_enrollments=2, course_enrollments=2, course_roles=2
    )
    stored = read_all()
    for table in ("program_enrollment", "course_enrollment", "course_role"):
        assert stored[table] == []
    assert len(stored["identity"]) == 2


def test_only_the_chosen_ones_go(program: ProgramOutline) -> None:
    other = given.program("botany")
    given.enrolled("rv-1", program=other)
    which = Waiting(program_id=program.id, names=(given.key_of("rv-1"),))
    assert withdraw(which).program_enrollments == 1
    assert sorted(remaining()) == ["rv-1", "rv-2"]
    assert withdraw(Waiting(names=(given.key_of("rv-1"),))).program_enrollments == 1
    assert remaining() == ["rv-2"]


@pytest.mark.parametrize("way", ["withdraw", "expire"])
def test_what_is_somebodys_is_never_touched(program: ProgramOutline, way: str) -> None:
    given.bound("rv-1", given.account())
    if way == "withdraw":
        withdraw(Waiting(program_id=program.id))
    else:
        expire(1)
    [(value,)] = look(
        "SELECT i.value FROM program_enrollment e JOIN identity i ON i.id = e.identity_id"
    )
    assert value == "rv-1"
    assert look("SELECT count(*) FROM course_enrollment") == [(1,)]
    assert look("SELECT count(*) FROM course_role") == [(1,)]


def test_direct_grants_go_with_their_school_and_names_but_not_with_a_program(
    program: ProgramOutline,
) -> None:
    run = given.course_run()
    given.granted(given.key_of("rv-3"), run=run)
    given.granted(email_address("a@x.org"), run=run)
    withdraw(Waiting(program_id=program.id))
    assert sorted(remaining()) == ["a@x.org", "rv-3"]
    assert withdraw(Waiting(organization_id=given.school().pk)).course_enrollments == 1
    assert withdraw(Waiting(names=(email_address("a@x.org"),))).course_enrollments == 1
    assert remaining() == []


@pytest.mark.parametrize("way", ["withdraw", "expire"])
def test_the_ledger_keeps_every_row_and_says_why(program: ProgramOutline, way: str) -> None:
    if way == "withdraw":
        withdraw(Waiting(program_id=program.id), reason="left the school")
    else:
        expire(60)
    gone = Change.objects.filter(after__isnull=True)
    assert gone.count() == 6
    assert {change.change_set.reason for change in gone} == {
        "left the school" if way == "withdraw" else "unchanged for 60 days"
    }
    assert all(change.before for change in gone)
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_what_was_withdrawn_can_be_made_again(program: ProgramOutline) -> None:
    withdraw(Waiting(program_id=program.id))
    [judged] = given.enrolled("rv-1", program=program)
    assert judged.action == "create"


def test_a_plan_tells_what_would_go_and_leaves_it(program: ProgramOutline) -> None:
    before, which = read_all(), Waiting(program_id=program.id)
    planned = withdraw_waiting(
        which=which, by=given.OPERATOR, at=LATER, reason="left", is_plan=True
    )
    aged = expire_waiting(which=which, days=1, by=given.OPERATOR, at=LATER, is_plan=True)
    assert read_all() == before
    assert planned == aged == withdraw(which)


def test_withdrawing_again_finds_nothing(program: ProgramOutline) -> None:
    withdraw(Waiting(program_id=program.id))
    assert withdraw(Waiting(program_id=program.id)) == NOTHING


def test_withdrawing_everything_by_mistake_is_refused(program: ProgramOutline) -> None:
    with pytest.raises(NothingChosen):
        withdraw(Waiting())
    with pytest.raises(NothingChosen):
        withdraw(Waiting(unchanged_since=LATER))
    assert len(remaining()) == 2


@pytest.mark.parametrize("reason", ["", " "])
def test_withdrawing_needs_a_reason(program: ProgramOutline, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        withdraw(Waiting(program_id=program.id), reason=reason)


class TestExpiring:
    @pytest.mark.usefixtures("program")
    @pytest.mark.parametrize(("age", "expired"), [(59, 0), (60, 2), (61, 2)])
    def test_what_is_as_old_as_that_goes(self, age: int, expired: int) -> None:
        at = given.NOW + timedelta(days=age)
        assert expire(60, at=at).program_enrollments == expired

    def test_a_course_written_yesterday_keeps_its_program(self, program: ProgramOutline) -> None:
        yesterday = LATER - timedelta(days=1)
        run = given.course_run()
        given.on_course("rv-1", program=program, run=run, status="inactive", at=yesterday)
        assert expire(60).program_enrollments == 1
        assert remaining() == ["rv-1"]
        assert look("SELECT count(*) FROM course_enrollment") == [(1,)]

    def test_a_roster_that_changes_nothing_does_not_make_it_younger(
        self, program: ProgramOutline
    ) -> None:
        given.enrolled("rv-1", program=program, at=LATER - timedelta(days=1))
        assert expire(60).program_enrollments == 2

    def test_a_direct_grant_goes_by_its_own_age(self) -> None:
        run = given.course_run()
        given.granted(email_address("old@x.org"), run=run)
        given.granted(email_address("new@x.org"), run=run, at=LATER - timedelta(days=1))
        assert expire(60).course_enrollments == 1
        assert remaining() == ["new@x.org"]

    @pytest.mark.usefixtures("program")
    def test_only_the_chosen_ones_go(self) -> None:
        lakes = given.program("lakes", school_key="LakeU")
        given.enrolled("lk-1", program=lakes)
        assert expire(60, which=Waiting(program_id=lakes.id)).program_enrollments == 1
        assert sorted(remaining()) == ["rv-1", "rv-2"]

    @pytest.mark.usefixtures("program")
    @pytest.mark.parametrize("days", [0, -1, 36_501, 999_999_999])
    def test_an_age_is_a_day_at_least_and_a_century_at_most(self, days: int) -> None:
        with pytest.raises(Invalid):
            expire(days)
        assert len(remaining()) == 2


class TestPermission:
    @pytest.mark.usefixtures("program")
    @pytest.mark.parametrize("role", ["read", "support", "catalog"])
    def test_other_roles_may_neither(self, role: str) -> None:
        by = given.holder_of(role)
        with pytest.raises(PermissionMissing):
            withdraw(Waiting(), by=by, reason="")
        with pytest.raises(PermissionMissing):
            expire(0, by=by)
        assert len(remaining()) == 2

    def test_a_registrar_takes_back_what_is_its_schools(self, program: ProgramOutline) -> None:
        given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
        given.granted(email_address("a@x.org"), run=given.course_run())
        lake = given.holder_of("write", school_key="LakeU")
        assert withdraw(Waiting(program_id=program.id), by=lake) == NOTHING
        assert expire(60, by=lake).program_enrollments == 1
        assert sorted(remaining()) == ["a@x.org", "rv-1", "rv-2"]


@pytest.mark.parametrize("count", [2, 300])
def test_the_number_of_statements_does_not_depend_on_the_rows(count: int) -> None:
    program = given.program(runs=[given.course_run()])
    keys = [f"rv-{n}" for n in range(count)]
    given.enrolled(*keys, program=program)
    given.on_course(*keys, program=program, run=given.course_run())
    which = Waiting(program_id=program.id)
    assert count_statements(lambda: withdraw(which)) <= 13
    assert remaining() == []
