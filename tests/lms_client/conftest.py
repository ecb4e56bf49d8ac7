"""Two LMSs that must answer alike: the one in memory, and a real one over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from matricula.lms.clients.api import NewClient, create_client, forget_kept_keys
from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.plans.api import work_off_plan
from matricula.lms.rosters.working import work_off_job
from matricula.lms_client.api import (
    Access,
    Course,
    CourseRun,
    Curriculum,
    FakeGrade,
    FakeLms,
    HttpLms,
    Lms,
    Organization,
    Program,
)
from tests import given
from tests.lms_client.misbehaving import Misbehaving, access, serving

HYDROLOGY = "hydrology"
RUN = "course-v1:RiverU+HYD1+2031_T1"


@dataclass(frozen=True)
class Side:
    """An LMS with one program of one run, learner mira, and rows at once lowered to 3."""

    lms: Lms
    program: UUID
    let_a_worker_work: Callable[[UUID], object]
    give_grade: Callable[[str, float | None], object]
    """Of a learner in the run: passing, with the letter A."""


def make_client(*roles: str, school_key: str | None = None) -> NewClient:
    organization_id = None if school_key is None else given.school(school_key).pk
    return create_client(
        name=f"Client {'-'.join(roles)}",
        roles=roles,
        organization_id=organization_id,
        by=given.OPERATOR,
        at=given.NOW,
    )


def reach(url: str, client: NewClient) -> HttpLms:
    return HttpLms(Access(url=url, client_id=client.client_id, client_secret=client.client_secret))


def make_fake() -> Side:
    uuid = UUID("2c8f4f0a-6d65-4d42-9f38-0c35d1c9a001")
    run = CourseRun(key=RUN, external_key="HYD-A")
    curriculum = Curriculum(
        uuid=UUID("2c8f4f0a-6d65-4d42-9f38-0c35d1c9a002"),
        courses=[Course(key="RiverU+HYD1", course_runs=[run])],
    )
    school = Organization(uuid=UUID("2c8f4f0a-6d65-4d42-9f38-0c35d1c9a003"), key="RiverU")
    program = Program(
        uuid=uuid,
        key=HYDROLOGY,
        title="Hydrology",
        mode="masters",
        authoring_organizations=[school],
        curricula=[curriculum],
    )
    fake = FakeLms(programs=[program], usernames={"mira", "noor"}, rows_at_once=3)

    def give_grade(username: str, percent: float | None) -> None:
        fake.grades[username, RUN] = FakeGrade(is_passing=True, percent=percent, letter="A")

    return Side(fake, uuid, lambda _: None, give_grade)


@pytest.fixture
def fake_side() -> Side:
    return make_fake()


@pytest.fixture
def real_side(live_server: LiveServer, settings: Settings) -> Iterator[Side]:
    settings.ROSTER_ROWS_AT_ONCE = 3
    settings.LMS_URL = live_server.url
    forget_kept_keys()
    run = given.course_run("HYD1", external_key="HYD-A")
    outline = given.program(HYDROLOGY, runs=[run])
    accounts = {name: given.account(name) for name in ("mira", "noor")}
    client = make_client("read", "write", "support", "catalog")

    def work(uuid: UUID) -> object:
        how: dict[str, Any] = {
            "uuid": uuid,
            "clock": lambda: datetime.now(UTC),
            "is_stopping": lambda: False,
        }
        return work_off_plan(**how) or work_off_job(**how)

    def give_grade(username: str, percent: float | None) -> None:
        exact = None if percent is None else Decimal(str(percent))
        earned = EarnedGrade(accounts[username].pk, run.pk, "A", is_passing=True, percent=exact)
        record_grades(grades=[earned], by=given.OPERATOR, at=given.NOW)

    with reach(live_server.url, client) as lms:
        yield Side(lms, outline.uuid, work, give_grade)


COMMITTED = pytest.mark.django_db(transaction=True)  # what a server is to see is committed


@pytest.fixture(params=["fake_side", pytest.param("real_side", marks=COMMITTED)])
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with serving() as made:
        yield made


@pytest.fixture
def lms(server: Misbehaving) -> Iterator[HttpLms]:
    with HttpLms(access(server.url)) as made:
        yield made
