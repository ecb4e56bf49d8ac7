"""The programs of a learner, explicit and implicit."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from matricula.lms.identities.api import account_itself
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import FollowedProgram, get_learner, list_followed_programs
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira() -> Account:
    """In hydrology by her school, and with a verified seat in a course run of botany."""
    made = given.account("mira")
    given.enrolled("rv-1", program=given.program())
    given.bound("rv-1", made)
    run = given.course_run("BOT1")
    given.program("botany", school_key="LakeU", runs=[run])
    given.granted(account_itself(made.uuid), run=run, grant_mode="verified")
    return made


def programs(by: Actor = given.OPERATOR) -> list[FollowedProgram]:
    return list_followed_programs(learner=get_learner(username="mira", by=by), by=by)


def test_what_is_stored_comes_before_what_is_deduced(mira: Account) -> None:
    explicit, implicit = programs()
    stored = get_program(key="hydrology")
    assert explicit == FollowedProgram(
        uuid=stored.uuid,
        key="hydrology",
        title="Hydrology",
        type=stored.type,
        organization="RiverU",
        status="enrolled",
        basis="explicit",
        curriculum=next(iter(stored.curricula)),
        student_key="rv-1",
        created_at=given.NOW,
        modified_at=given.NOW,
    )
    assert (implicit.key, implicit.organization) == ("botany", "LakeU")
    assert (implicit.basis, implicit.status) == ("implicit", "enrolled")
    assert (implicit.curriculum, implicit.student_key, implicit.created_at) == (None, None, None)


def test_nothing_is_deduced_of_a_program_that_is_stored(mira: Account) -> None:
    given.enrolled("rv-1", program=get_program(key="botany"), status="canceled")
    given.bound(given.key_of("rv-1", school_key="LakeU"), mira)
    assert [(each.key, each.basis, each.status) for each in programs()] == [
        ("botany", "explicit", "canceled"),
        ("hydrology", "explicit", "enrolled"),
    ]


def test_an_audit_says_nothing_of_a_program(mira: Account) -> None:
    run = given.course_run("BOT1")
    given.granted(account_itself(mira.uuid), run=run, grant_mode="audit")
    assert [each.key for each in programs()] == ["hydrology"]


def test_learners_see_all_and_a_school_what_is_its_own(mira: Account) -> None:
    assert programs(by=given.acting(mira)) == programs()
    assert [each.key for each in programs(by=given.holder_of("read"))] == ["hydrology"]


def test_any_number_takes_as_many_queries(mira: Account) -> None:
    by = given.acting(mira)
    learner = get_learner(username="mira", by=by)
    few = count_statements(lambda: list_followed_programs(learner=learner, by=by))
    for number in range(20):
        run = given.course_run(f"C{number}")
        given.granted(account_itself(mira.uuid), run=run, grant_mode="verified")
        given.enrolled("rv-1", program=given.program(f"p{number}", runs=[run]))
        given.program(f"q{number}", runs=[run])
    many = count_statements(lambda: list_followed_programs(learner=learner, by=by))
    assert few == many <= 6
    assert len(programs()) == 42
