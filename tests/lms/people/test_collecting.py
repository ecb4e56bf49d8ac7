"""All that is kept of one person, for themselves."""

from decimal import Decimal

import msgspec
import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.identities.api import email_address
from matricula.lms.people.api import OnlyOwnAccount, begin_masquerade, collect_own_data
from tests import given

pytestmark = pytest.mark.django_db


def test_it_has_all_of_theirs_and_nobody_else_s() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=run, course_staff="true")
    mira, agent = given.account("mira"), given.account("agent")
    given.bound("rv-1", mira)
    given.bound(email_address("mira@example.org"), mira)
    earned = EarnedGrade(mira.pk, run.pk, letter="A", is_passing=True, percent=Decimal("0.9"))
    record_grades(grades=[earned], by=given.OPERATOR, at=given.NOW)
    given.with_role("support", agent, school_key=None)
    begin_masquerade(
        learner=mira, by=given.acting(agent), at=given.NOW, reason="she has asked, says agent"
    )
    data = collect_own_data(account=mira, by=given.acting(mira), at=given.NOW)
    assert data.account.username == "mira"
    assert {each.value for each in data.names} >= {"rv-1", "mira@example.org"}
    assert [(each.program, each.status) for each in data.programs] == [("hydrology", "enrolled")]
    assert [(each.course_run, each.is_active) for each in data.courses] == [(run.key, True)]
    assert [each.letter for each in data.grades] == ["A"]
    assert [each.role for each in data.course_roles] == ["staff"]
    assert [each.begun_at for each in data.looked_at_by_staff] == [given.NOW]
    assert {each.subject for each in data.history} >= {"identity", "program_enrollment"}
    text = msgspec.json.encode(data).decode()
    assert not [word for word in ("rv-2", "agent", "asked") if word in text]


def test_it_is_for_oneself_alone() -> None:
    mira = given.account("mira")
    for by in (given.OPERATOR, given.holder_of("support", school_key=None)):
        with pytest.raises(OnlyOwnAccount):
            collect_own_data(account=mira, by=by, at=given.NOW)


@pytest.mark.parametrize("count", [1, 6])
def test_it_costs_the_same_for_much_as_for_little(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    for number in range(count):
        run = given.course_run(f"C{number}")
        program = given.program(f"program-{number}", runs=[run])
        given.enrolled("rv-1", program=program)
        given.on_course("rv-1", program=program, run=run)
    with django_assert_num_queries(20):
        data = collect_own_data(account=mira, by=given.acting(mira), at=given.NOW)
    assert len(data.programs) == count
