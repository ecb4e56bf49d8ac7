"""The world a test stands in, built by the real operations."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

from matricula.lms.access.api import give_role
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.catalog.api import (
    Course,
    CourseRun,
    Curriculum,
    Program,
    ProgramOrganization,
    ProgramOutline,
    get_program,
)
from matricula.lms.course_enrollments.api import (
    CourseRow,
    DirectRow,
    write_direct_enrollments,
    write_program_course_enrollments,
)
from matricula.lms.identities.api import (
    Binding,
    IdentityName,
    Kind,
    Via,
    bind_identity,
    student_key,
)
from matricula.lms.kernel.api import Actor, ActorKind, Judgement, WriteMode
from matricula.lms.organizations.api import Organization
from matricula.lms.people.api import Merger, Retirement, merge_accounts, retire_account
from matricula.lms.program_enrollments.api import ProgramRow, write_program_enrollments

NOW = datetime(2031, 1, 10, 9, 0, tzinfo=UTC)
OPERATOR = Actor(kind=ActorKind.OPERATOR, key="tester", channel="test")
MAIL = Actor(kind=ActorKind.SIGN_ON, key="mail", channel="test")

_NAMES = UUID("3d5b9c1e-0f6a-4c0f-9a5e-6f5c1a2b3d4e")


def school(key: str = "RiverU") -> Organization:
    organization, _ = Organization.objects.get_or_create(
        key=key, defaults={"uuid": uuid5(_NAMES, key), "name": f"{key} University"}
    )
    return organization


def course_run(number: str = "HYD1", *, run: str = "2031_T1", external_key: str = "") -> CourseRun:
    course, _ = Course.objects.get_or_create(key=f"RiverU+{number}")
    made, _ = CourseRun.objects.get_or_create(
        key=f"course-v1:RiverU+{number}+{run}",
        defaults={"course": course, "external_key": external_key},
    )
    return made


def program(
    key: str = "hydrology",
    *,
    school_key: str = "RiverU",
    runs: Sequence[CourseRun] = (),
    mode: str = "masters",
    active_curricula: int = 1,
    inactive_curricula: int = 0,
) -> ProgramOutline:
    made = Program.objects.create(uuid=uuid5(_NAMES, key), key=key, title=key.title(), mode=mode)
    ProgramOrganization.objects.create(program=made, organization=school(school_key), position=0)
    for position in range(active_curricula + inactive_curricula):
        Curriculum.objects.create(
            uuid=uuid5(made.uuid, str(position)),
            program=made,
            position=position,
            is_active=position < active_curricula,
        )
    made.course_runs.set(runs)
    return get_program(key=key)


def account(username: str = "mira", *, email: str = "") -> Account:
    made = NewAccount(username=username, email=email or f"{username}@example.org")
    return create_accounts(accounts=[made], at=NOW)[0]


def key_of(value: str, *, school_key: str = "RiverU") -> IdentityName:
    return student_key(value, organization_id=school(school_key).pk)


def sign_on(organization_id: int | None) -> Actor:
    """The sign-on of a school, or the mail that proves addresses."""
    if organization_id is None:
        return MAIL
    return Actor(
        kind=ActorKind.SIGN_ON,
        key=str(organization_id),
        channel="test",
        organization_id=organization_id,
    )


def bound(
    name: IdentityName | str, learner: Account, *, at: datetime = NOW, school_key: str = "RiverU"
) -> Binding:
    if isinstance(name, str):
        name = key_of(name, school_key=school_key)
    via = Via.VERIFIED_EMAIL if name.kind is Kind.EMAIL else Via.SIGN_ON
    return bind_identity(
        name=name, account_id=learner.pk, via=via, by=sign_on(name.organization_id), at=at
    )


def enrolled(
    *keys: str,
    program: ProgramOutline,
    status: str = "enrolled",
    at: datetime = NOW,
    mode: WriteMode = WriteMode.UPSERT,
    by: Actor = OPERATOR,
) -> list[Judgement]:
    rows = [ProgramRow(line, key, status) for line, key in enumerate(keys, start=2)]
    return write_program_enrollments(program=program, rows=rows, mode=mode, by=by, at=at)


def on_course(
    *keys: str,
    program: ProgramOutline,
    run: CourseRun,
    status: str = "active",
    course_staff: str = "",
    at: datetime = NOW,
    mode: WriteMode = WriteMode.UPSERT,
    one_program_per_run: bool = False,
) -> list[Judgement]:
    rows = [
        CourseRow(line, key, run.key, status, course_staff)
        for line, key in enumerate(keys, start=2)
    ]
    return write_program_course_enrollments(
        program=program,
        rows=rows,
        mode=mode,
        by=OPERATOR,
        at=at,
        one_program_per_run=one_program_per_run,
    )


def acting(who: Account) -> Actor:
    return Actor(kind=ActorKind.ACCOUNT, key=str(who.pk), channel="test", account_id=who.pk)


def holder_of(
    role: str, *, school_key: str | None = "RiverU", username: str = "registrar"
) -> Actor:
    who = account(username)
    with_role(role, who, school_key=school_key)
    return acting(who)


def with_role(name: str, who: Account, *, school_key: str | None = "RiverU") -> None:
    organization_id = None if school_key is None else school(school_key).pk
    give_role(account_id=who.pk, role=name, organization_id=organization_id, by=OPERATOR)


def granted(
    name: IdentityName,
    *,
    run: CourseRun,
    grant_mode: str = "audit",
    is_active: bool = True,
    at: datetime = NOW,
    mode: WriteMode = WriteMode.UPSERT,
) -> Judgement:
    row = DirectRow(2, name, run.pk, grant_mode, is_active)
    return write_direct_enrollments(rows=[row], mode=mode, by=OPERATOR, at=at)[0]


def direct(*names: IdentityName, run: CourseRun, at: datetime = NOW) -> list[Judgement]:
    rows = [DirectRow(line, name, run.pk, "", is_active=True) for line, name in enumerate(names)]
    return write_direct_enrollments(rows=rows, mode=WriteMode.UPSERT, by=OPERATOR, at=at)


def retired(learner: Account, *, at: datetime = NOW) -> Retirement:
    return retire_account(account=learner, by=OPERATOR, at=at, reason="asked to be forgotten")


def merged(source: Account, into: Account, *, at: datetime = NOW) -> Merger:
    return merge_accounts(source=source, into=into, by=OPERATOR, at=at, reason="one person")
