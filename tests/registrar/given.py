"""The world that tests of the Registrar begin in, built by real operations."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from matricula.lms_client.api import Course, CourseRun, Curriculum, Organization
from matricula.lms_client.api import Program as CatalogProgram
from matricula.registrar.accounts.api import Account, actor_of, see_account
from matricula.registrar.catalog.remembering import remember_programs
from matricula.registrar.kernel.api import Actor, ActorKind
from matricula.registrar.partners.api import (
    Program,
    get_organization,
    get_program,
    give_role,
    list_roles,
    take_role,
)
from matricula.service.refusals import Invalid
from tests.registrar.publishing import uuid_of

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)
OPERATOR = Actor(kind=ActorKind.OPERATOR, key="test", channel="test")

HYDROLOGY, GEOLOGY, POETRY = "hydrology", "geology", "poetry"
RIVER, HILL = "RiverU", "HillU"
RUN = "course-v1:RiverU+HYD1+2031_T1"
SECOND_RUN = "course-v1:RiverU+HYD2+2031_T1"


class Refused(Invalid):
    """A refusal of somebody."""

    code = "refused-by-a-test"


def uuid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://catalog.example/{name}")


def catalog_program(
    key: str,
    *,
    title: str | None = "",
    school: str = RIVER,
    type: str | None = "Masters",  # noqa: A002  as the catalog calls it
    runs: Sequence[tuple[str, str | None]] = (),
) -> CatalogProgram:
    """A program as the LMS tells it; ``runs`` are keys with the school's names."""
    course_runs = [
        CourseRun(key=run, external_key=name, title=f"Run {run}", marketing_url=None)
        for run, name in runs
    ]
    course = Course(key=f"{school}+{key}", title=f"Course of {key}", course_runs=course_runs)
    return CatalogProgram(
        uuid=uuid(key),
        key=key,
        title=key.title() if title == "" else title,
        type=type,
        mode="masters",
        marketing_url=f"https://{school.lower()}.example/{key}",
        authoring_organizations=[Organization(uuid=uuid(school), key=school, name=school)],
        curricula=[Curriculum(uuid=uuid(f"{key}/1"), courses=[course])],
    )


def catalog() -> list[CatalogProgram]:
    """Two programs of one school, one of another."""
    return [
        catalog_program(HYDROLOGY, runs=[(RUN, "HYD-A"), (SECOND_RUN, None)]),
        catalog_program(GEOLOGY),
        catalog_program(POETRY, school=HILL),
    ]


def remembered(programs: Sequence[CatalogProgram] | None = None) -> None:
    """What the LMS's catalog says, known here."""
    remember_programs(programs=catalog() if programs is None else programs, by=OPERATOR, at=NOW)


def program(key: str = HYDROLOGY) -> Program:
    """A program of the catalog."""
    remembered()
    return get_program(key=key)


def account(username: str = "registrar", *, email: str = "", is_staff: bool = False) -> Account:
    """Somebody whom the LMS has vouched for; an address is verified."""
    return see_account(
        uuid=uuid_of(username),
        username=username,
        email=email or f"{username}@riveru.example",
        is_email_verified=bool(email),
        is_staff=is_staff,
        at=NOW,
    )


def actor(username: str = "registrar", *, email: str = "", is_staff: bool = False) -> Actor:
    """The same as one who acts."""
    return actor_of(account(username, email=email, is_staff=is_staff), channel="test")


def with_role(
    role: str, name: str = "registrar", *, school: str | None = None, in_program: str | None = None
) -> None:
    """A role for whoever has a name, at a school, in a program or, with neither, everywhere."""
    give_role(
        name=name,
        role=role,
        organization=None if school is None else get_organization(key=school),
        program=None if in_program is None else get_program(key=in_program),
        by=OPERATOR,
        at=NOW,
    )


def take_all_roles(name: str) -> None:
    """Nothing any more for whoever has a name."""
    for held in list_roles(by=OPERATOR, name=name):
        take_role(
            name=held.name,
            role=held.role,
            organization=held.organization,
            program=held.program,
            by=OPERATOR,
        )
