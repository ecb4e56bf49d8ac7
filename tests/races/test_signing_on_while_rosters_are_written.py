"""Eight people sign on while eight rosters are written, again and again, about the same names."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from threading import Barrier

import pytest

from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import (
    CourseEnrollment,
    CourseRow,
    write_program_course_enrollments,
)
from matricula.lms.identities.api import Identity, IdentityName, Outcome, email_address
from matricula.lms.kernel.api import Action, Judgement, WriteMode
from matricula.lms.program_enrollments.api import (
    ProgramEnrollment,
    ProgramRow,
    write_program_enrollments,
)
from tests import given
from tests.races.running import PATIENCE, at_once, no_deadlocks, require_whole

ROUNDS = 200
PEOPLE = 8
BY_KEY = 6
"""Of the eight of a round, those who come with a student key; the others prove an address."""


@dataclass(frozen=True)
class World:
    programs: tuple[ProgramOutline, ...]
    run: CourseRun
    accounts: tuple[tuple[Account, ...], ...]
    start: Barrier


def name_of(world: World, number: int, person: int, *, by: int) -> IdentityName:
    """What person of a round is called; every writer spells it in another way."""
    spell = (str.upper, str.lower, str.title, str.swapcase)[by % 4]
    if person < BY_KEY:
        return given.key_of(spell(f"Rv-straße-{number}-{person}"))
    return email_address(spell(f"p{number}.{person}@Example.org"))


def sign_on(world: World, number: int, person: int) -> Outcome:
    name = name_of(world, number, person, by=person)
    return given.bound(name, world.accounts[number][person]).outcome


def write_roster(world: World, number: int, writer: int) -> list[Judgement]:
    people = sorted(range(BY_KEY), reverse=bool(writer % 2))
    program = world.programs[writer % len(world.programs)]
    keys = [name_of(world, number, person, by=writer).value for person in people]
    return write_program_enrollments(
        program=program,
        rows=[ProgramRow(line, key, "enrolled") for line, key in enumerate(keys)],
        mode=WriteMode.UPSERT,
        by=given.OPERATOR,
        at=given.NOW,
    ) + write_program_course_enrollments(
        program=program,
        rows=[CourseRow(line, key, world.run.key, "active") for line, key in enumerate(keys)],
        mode=WriteMode.UPSERT,
        by=given.OPERATOR,
        at=given.NOW,
    )


def grant_directly(world: World, number: int, writer: int) -> list[Judgement]:
    people = sorted(range(PEOPLE), reverse=bool(writer % 2))
    names = [name_of(world, number, person, by=writer) for person in people]
    return given.direct(*names, run=world.run)


def writer_of(world: World, writer: int) -> Callable[[], list[object]]:
    write = grant_directly if writer >= 6 else write_roster

    def act() -> list[object]:
        answers: list[object] = []
        for number in range(ROUNDS):
            world.start.wait(PATIENCE)
            answers += write(world, number, writer)
        return answers

    return act


def signer_of(world: World, person: int) -> Callable[[], list[object]]:
    def act() -> list[object]:
        answers: list[object] = []
        for number in range(ROUNDS):
            world.start.wait(PATIENCE)
            answers.append(sign_on(world, number, person))
        return answers

    return act


@pytest.fixture
def world() -> World:
    run = given.course_run()
    programs = [given.program(key, runs=[run]) for key in ("hydrology", "geology", "botany")]
    people = [
        [NewAccount(username=f"u{number}-{person}", email="") for person in range(PEOPLE)]
        for number in range(ROUNDS)
    ]
    made = iter(create_accounts(accounts=list(chain(*people)), at=given.NOW))
    accounts = tuple(tuple(next(made) for _ in names) for names in people)
    return World(tuple(programs), run, accounts, Barrier(2 * PEOPLE))


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_between_sign_ons_and_rosters_of_the_same_names(world: World) -> None:
    with no_deadlocks():
        answers = at_once(
            *(signer_of(world, person) for person in range(PEOPLE)),
            *(writer_of(world, writer) for writer in range(PEOPLE)),
        )
    signed, written = list(chain(*answers[:PEOPLE])), list(chain(*answers[PEOPLE:]))
    assert signed == [Outcome.BOUND] * (ROUNDS * PEOPLE)
    assert all(
        isinstance(answer, Judgement) and answer.action is not Action.REFUSE for answer in written
    )
    require_whole()

    holders = dict(Identity.objects.values_list("folded", "account_id"))
    assert holders == {
        name_of(world, number, person, by=0).folded: world.accounts[number][person].pk
        for number in range(ROUNDS)
        for person in range(PEOPLE)
    }
    assert ProgramEnrollment.objects.count() == len(world.programs) * ROUNDS * BY_KEY
    through, direct = len(world.programs) * ROUNDS * BY_KEY, ROUNDS * PEOPLE
    grants = CourseEnrollment.objects.filter(is_active=True, identity__account__isnull=False)
    assert grants.filter(program_enrollment__isnull=False).count() == through
    assert grants.filter(program_enrollment=None).count() == direct
    created = [
        answer
        for answer in written
        if isinstance(answer, Judgement) and answer.action is Action.CREATE
    ]
    assert len(created) == 2 * through + direct
