import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms.catalog.api import ProgramOrganization, get_program
from matricula.lms.course_enrollments.api import CourseEnrollment, CourseRole
from matricula.lms.identities.api import BindingConflict, Identity, account_itself
from matricula.lms.integrity.api import check_integrity
from matricula.lms.ledger.api import Change
from matricula.lms.organizations.api import UnknownOrganization
from matricula.lms.preemptive_enrollments.api import (
    Reset,
    ResetNotEnabled,
    reset_organization,
)
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _enabled(settings: Settings) -> None:
    settings.ENROLLMENT_RESET = True


def reset(key: str = "RiverU") -> Reset:
    return reset_organization(key=key, by=given.OPERATOR, at=given.NOW)


def enrolled_keys() -> list[str]:
    return list(ProgramEnrollment.objects.order_by("id").values_list("identity__value", flat=True))


def test_a_school_is_started_over() -> None:
    run = given.course_run("HYD1")
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=run, course_staff="true")
    given.bound("rv-1", given.account("mira"))

    told = reset()

    assert told == Reset(program_enrollments=3, course_enrollments=2, course_roles=2, identities=1)
    assert enrolled_keys() == []
    assert not CourseEnrollment.objects.exists()
    assert not CourseRole.objects.exists()
    assert not Identity.objects.filter(kind="student_key", account__isnull=False).exists()
    assert Change.objects.filter(after__isnull=True).count() == 7
    assert [found for found in check_integrity(by=given.OPERATOR) if found.count] == []
    assert reset() == Reset(0, 0, 0, 0)


def test_a_school_that_was_started_over_begins_anew() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    given.bound("rv-1", given.account("mira"))
    reset()
    given.enrolled("rv-1", program=program)
    jon = given.account("jon")
    given.bound("rv-1", jon)
    assert Identity.objects.get(folded="rv-1").account == jon


def test_accounts_and_what_they_have_from_elsewhere_stay() -> None:
    run = given.course_run("HYD1")
    given.program(runs=[run])
    mira = given.account("mira")
    given.granted(account_itself(mira.uuid), run=run)
    given.bound("rv-1", mira)
    assert reset() == Reset(0, 0, 0, 1)
    assert CourseEnrollment.objects.filter(identity__account=mira).exists()
    mira.refresh_from_db()
    assert mira.is_active


def test_nothing_of_another_school_is_touched() -> None:
    theirs = given.program("glaciers", school_key="Hillside")
    given.enrolled("h-1", program=theirs)
    given.bound("h-1", given.account("jon"), school_key="Hillside")
    given.program()
    assert reset() == Reset(0, 0, 0, 0)
    assert enrolled_keys() == ["h-1"]


def test_a_program_taken_over_keeps_the_students_of_the_school_before() -> None:
    program = given.program("hydrology", school_key="Hillside")
    given.enrolled("h-1", program=program)
    ProgramOrganization.objects.filter(program=program.id).update(
        organization=given.school("RiverU")
    )
    given.enrolled("rv-1", program=get_program(key="hydrology"))
    assert reset("RiverU").program_enrollments == 1
    assert enrolled_keys() == ["h-1"]


def test_open_conflicts_over_its_students_are_closed() -> None:
    given.bound("rv-1", given.account("mira"))
    given.bound("rv-1", given.account("jon"))
    assert BindingConflict.objects.filter(resolved_at=None).exists()
    reset()
    assert not BindingConflict.objects.filter(resolved_at=None).exists()


def test_who_may_not_write_there_finds_no_such_school() -> None:
    given.school("Hillside")
    for by in (given.holder_of("write"), given.acting(given.account("stranger"))):
        with pytest.raises(UnknownOrganization):
            reset_organization(key="Hillside", by=by, at=given.NOW)


def test_it_is_off_unless_the_installation_says_otherwise(settings: Settings) -> None:
    settings.ENROLLMENT_RESET = False
    given.school("RiverU")
    with pytest.raises(ResetNotEnabled):
        reset()


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_the_same_queries_for_any_number_of_students(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    program = given.program()
    given.enrolled(*(f"rv-{number}" for number in range(count)), program=program)
    with django_assert_num_queries(15):
        assert reset().program_enrollments == count
