"""Linking the students of a program: pairs of a student key and a username."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import Identity, ReasonMissing
from matricula.lms.kernel.api import Actor
from matricula.lms.kernel.staging import FEW
from matricula.lms.program_enrollments.api import LinkVerdict, StudentLink, link_students
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    count_rows,
    count_statements,
    know_statistics,
    list_quadratic_nodes,
    planning,
)

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


@pytest.fixture
def program() -> ProgramOutline:
    made = given.program()
    given.enrolled("rv-1", "rv-2", "rv-3", program=made)
    return made


@pytest.fixture(autouse=True)
def mira() -> Account:
    return given.account("mira")


def link(
    program: ProgramOutline,
    *pairs: tuple[str, str],
    by: Actor = given.OPERATOR,
    reason: str = "why",
) -> list[LinkVerdict]:
    links = [StudentLink(*pair) for pair in pairs]
    return link_students(program=program, links=links, by=by, at=LATER, reason=reason)


def holders() -> dict[str, int | None]:
    return dict(Identity.objects.values_list("value", "account"))


def test_students_are_linked_by_key_and_username(program: ProgramOutline, mira: Account) -> None:
    noah = given.account("noah")
    pairs = ("rv-1", "mira"), (" RV-2 ", "NOAH ")
    assert link(program, *pairs) == [LinkVerdict.LINKED, LinkVerdict.LINKED]
    assert holders() == {"rv-1": mira.pk, "rv-2": noah.pk, "rv-3": None}


def test_every_link_has_its_verdict(program: ProgramOutline, mira: Account) -> None:
    noah, gone = given.account("noah"), given.account("gone")
    given.bound("rv-1", mira)
    given.bound("rv-2", noah)
    given.bound("rv-8", noah)
    given.retired(gone)
    gone.refresh_from_db()
    verdicts = link(
        program,
        ("rv-1", "mira"),
        ("rv-2", "mira"),
        ("rv-3", gone.username),
        ("rv-8", "mira"),
        ("rv-9", "mira"),
        ("rv-10", "nobody"),
        ("rv\x0011", "mira"),
        ("rv-12", "no\x00body"),
    )
    assert verdicts == [
        LinkVerdict.ALREADY,
        LinkVerdict.LINKED,
        LinkVerdict.RETIRED_ACCOUNT,
        LinkVerdict.NOT_IN_PROGRAM,
        LinkVerdict.NOT_IN_PROGRAM,
        LinkVerdict.UNKNOWN_ACCOUNT,
        LinkVerdict.NOT_IN_PROGRAM,
        LinkVerdict.UNKNOWN_ACCOUNT,
    ]
    assert holders() == {"rv-1": mira.pk, "rv-2": mira.pk, "rv-3": None, "rv-8": noah.pk}


def test_a_key_given_with_different_accounts_is_linked_to_none(program: ProgramOutline) -> None:
    given.account("noah")
    pairs = ("rv-1", "mira"), ("RV-1", "noah"), ("rv-2", "mira")
    assert link(program, *pairs) == [
        LinkVerdict.REPEATED,
        LinkVerdict.REPEATED,
        LinkVerdict.LINKED,
    ]
    assert holders()["rv-1"] is None
    pairs = ("rv-1", "nobody"), ("rv-1", "mira"), ("rv-3", "mira")
    assert link(program, *pairs)[:2] == [LinkVerdict.REPEATED, LinkVerdict.REPEATED]


def test_a_link_said_twice_is_one_link(program: ProgramOutline, mira: Account) -> None:
    pairs = ("rv-1", "mira"), ("RV-1", "Mira")
    assert link(program, *pairs) == [LinkVerdict.LINKED, LinkVerdict.LINKED]
    assert holders()["rv-1"] == mira.pk


def test_an_enrollment_in_another_program_does_not_count(program: ProgramOutline) -> None:
    other = given.program("geology")
    given.enrolled("rv-7", program=other)
    assert link(program, ("rv-7", "mira")) == [LinkVerdict.NOT_IN_PROGRAM]
    assert holders()["rv-7"] is None


def test_only_support_of_the_school_may(program: ProgramOutline) -> None:
    for by in (
        given.holder_of("write", username="a"),
        given.holder_of("support", school_key="LakeU", username="b"),
        given.acting(given.account("c")),
    ):
        with pytest.raises(PermissionMissing):
            link(program, ("rv-1", "mira"), by=by)
    assert holders()["rv-1"] is None
    by = given.holder_of("support", username="d")
    assert link(program, ("rv-1", "mira"), by=by) == [LinkVerdict.LINKED]


def test_a_reason_is_needed(program: ProgramOutline) -> None:
    with pytest.raises(ReasonMissing):
        link(program, ("rv-1", "mira"), reason=" ")


def test_nothing_to_link_writes_nothing(program: ProgramOutline) -> None:
    before = count_rows()
    assert link(program) == []
    assert link(program, ("rv-9", "mira")) == [LinkVerdict.NOT_IN_PROGRAM]
    assert count_rows() == before


@pytest.mark.parametrize("statistics", STATISTICS)
def test_many_take_as_many_statements_as_few_and_none_is_quadratic(statistics: str) -> None:
    count = 2 * FEW
    made = given.program("geology")
    keys = [f"gl-{n}" for n in range(count)]
    given.enrolled(*keys, program=made)
    usernames = [f"u{n}" for n in range(count)]
    create_accounts(
        accounts=[NewAccount(username=each, email=f"{each}@x.org") for each in usernames],
        at=given.NOW,
    )
    know_statistics(statistics)
    pairs = list(zip(keys, usernames, strict=True))
    few = count_statements(lambda: link(made, *pairs[:2]))
    assert few <= 12
    assert count_statements(lambda: link(made, *pairs[2:FEW])) == few
    with planning("SELECT r.folded") as plans:
        verdicts = link(made, *pairs)
    assert verdicts.count(LinkVerdict.LINKED) == count - FEW
    assert [list_quadratic_nodes(plan) for plan in plans] == [[]]
