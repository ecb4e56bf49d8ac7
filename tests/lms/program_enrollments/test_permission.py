"""Who may write a program's roster; it is asked before anything else."""

from collections.abc import Callable

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, ActorKind, WriteMode
from matricula.lms.program_enrollments.api import (
    ProgramRow,
    plan_program_enrollments,
    write_program_enrollments,
)
from tests import given
from tests.lms.kernel.seeing import count_statements, read_all

pytestmark = pytest.mark.django_db

Act = Callable[[ProgramOutline, list[ProgramRow], Actor], object]


def write(program: ProgramOutline, rows: list[ProgramRow], by: Actor) -> object:
    return write_program_enrollments(
        program=program, rows=rows, mode=WriteMode.UPSERT, by=by, at=given.NOW
    )


def plan(program: ProgramOutline, rows: list[ProgramRow], by: Actor) -> object:
    return plan_program_enrollments(program=program, rows=rows, mode=WriteMode.UPSERT, by=by)


ACTS = pytest.mark.parametrize("act", [write, plan])


def nobody() -> Actor:
    return given.acting(given.account("nobody"))


def reader() -> Actor:
    return given.holder_of("read")


def supporter() -> Actor:
    return given.holder_of("support")


def cataloger() -> Actor:
    return given.holder_of("catalog", school_key=None)


def registrar_elsewhere() -> Actor:
    return given.holder_of("write", school_key="LakeU")


def inactive_registrar() -> Actor:
    by = given.holder_of("write")
    Account.objects.update(is_active=False)
    return by


def sign_on() -> Actor:
    return given.MAIL


def account_of_nobody() -> Actor:
    return Actor(kind=ActorKind.ACCOUNT, key="0", channel="test")


@ACTS
@pytest.mark.parametrize("school_key", ["RiverU", None])
def test_a_registrar_of_the_school_or_of_all_may(act: Act, school_key: str | None) -> None:
    by = given.holder_of("write", school_key=school_key)
    assert act(given.program(), [ProgramRow(2, "rv-1", "enrolled")], by) != []


@ACTS
@pytest.mark.parametrize(
    "actor",
    [
        nobody,
        reader,
        supporter,
        cataloger,
        registrar_elsewhere,
        inactive_registrar,
        sign_on,
        account_of_nobody,
    ],
)
@pytest.mark.parametrize(
    "rows",
    [[], [ProgramRow(2, "rv-1", "enrolled")], [ProgramRow(2, "\x00", "nonsense", "x")] * 2],
    ids=["no rows", "a good row", "bad rows"],
)
def test_others_may_not_whatever_they_ask(
    actor: Callable[[], Actor], rows: list[ProgramRow], act: Act
) -> None:
    program, by = given.program(), actor()
    before = read_all()

    def attempt() -> None:
        with pytest.raises(PermissionMissing):
            act(program, rows, by)

    assert count_statements(attempt) <= 1
    assert read_all() == before
