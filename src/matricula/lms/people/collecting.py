"""Collecting all that is kept of one person, for themselves to take away."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec
from django.db import connection

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import Address, list_addresses
from matricula.lms.clients.api import BrowserSession, list_browser_sessions
from matricula.lms.course_enrollments.api import list_course_roles
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    Episode,
    Learner,
    PictureSeat,
    get_learner,
    list_followed_programs,
    list_history,
    picture_learner,
)
from matricula.lms.people.closing import require_own
from matricula.lms.people.masquerading import list_masquerades
from matricula.lms.sign_on.api import list_joined


class OwnAccount(msgspec.Struct, frozen=True):
    """The account itself."""

    username: str
    name: str
    email: str
    uuid: str
    made_at: datetime
    last_signed_in_at: datetime | None


class OwnName(msgspec.Struct, frozen=True):
    """A name by which somebody knows the person, and since when and how it is theirs."""

    kind: str
    school: str | None
    value: str
    theirs_since: datetime
    theirs_by: str


class OwnProgram(msgspec.Struct, frozen=True):
    """A program enrollment; an implicit one is deduced from courses, and stored nowhere."""

    program: str
    title: str
    school: str | None
    status: str
    basis: str
    student_key: str | None
    enrolled_at: datetime | None
    changed_at: datetime | None


class OwnGrade(msgspec.Struct, frozen=True):
    """A grade."""

    course_run: str
    percent: Decimal | None
    letter: str
    is_passing: bool
    graded_at: datetime


class OwnRole(msgspec.Struct, frozen=True):
    """A staff role in a course run."""

    course_run: str
    role: str


class OwnSchool(msgspec.Struct, frozen=True):
    """A school that the person signs in with."""

    title: str
    since: datetime


class OwnLook(msgspec.Struct, frozen=True):
    """That staff have looked at the pages as the person sees them."""

    begun_at: datetime
    ended_at: datetime | None


class OwnData(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. Of what staff have done it says on whose side, and neither names nor reasons."""

    collected_at: datetime
    account: OwnAccount
    addresses: Sequence[Address]
    names: Sequence[OwnName]
    schools: Sequence[OwnSchool]
    programs: Sequence[OwnProgram]
    courses: Sequence[PictureSeat]
    course_roles: Sequence[OwnRole]
    grades: Sequence[OwnGrade]
    sessions: Sequence[BrowserSession]
    looked_at_by_staff: Sequence[OwnLook]
    history: Sequence[Episode]


Row = TypeVar("Row")

NAMES = """
SELECT i.kind, organization.key, i.value, i.bound_at, i.bound_via
FROM identity i LEFT JOIN organization ON organization.id = i.organization_id
WHERE i.account_id = %s
ORDER BY i.id
"""

GRADES = """
SELECT run.key, grade.percent, grade.letter, grade.is_passing, grade.graded_at
FROM grade JOIN course_run AS run ON run.id = grade.course_run_id
WHERE grade.account_id = %s
ORDER BY run.key
"""


def collect_own_data(*, account: Account, by: Actor, at: datetime) -> OwnData:
    """Return all that is kept of the actor themselves, in a fixed number of queries.

    What their school has sent along in a file, and what programs were answered, is the school's.

    Raises:
        OnlyOwnAccount: the account is not the actor's.
    """
    require_own(account_id=account.pk, by=by)
    learner = get_learner(username=account.username, by=by)
    looks = list_masquerades(account=account, by=by)
    joined = list_joined(account_id=account.pk, by=by)
    return OwnData(
        collected_at=at,
        account=_describe(account),
        addresses=list_addresses(account_id=account.pk, by=by),
        names=_list(OwnName, NAMES, account.pk),
        schools=[OwnSchool(each.title, each.joined_at) for each in joined],
        programs=_list_programs(learner, by),
        courses=picture_learner(learner=learner, by=by).seats,
        course_roles=[
            OwnRole(each.course_run, each.role)
            for each in list_course_roles(account_id=account.pk, by=by)
        ],
        grades=_list(OwnGrade, GRADES, account.pk),
        sessions=list_browser_sessions(account=account, by=by, at=at),
        looked_at_by_staff=[OwnLook(each.begun_at, each.ended_at) for each in looks],
        history=list_history(learner=learner, by=by),
    )


def _describe(account: Account) -> OwnAccount:
    return OwnAccount(
        username=account.username,
        name=account.name,
        email=account.email,
        uuid=str(account.uuid),
        made_at=account.date_joined,
        last_signed_in_at=account.last_login,
    )


def _list_programs(learner: Learner, by: Actor) -> list[OwnProgram]:
    return [
        OwnProgram(
            program=each.key,
            title=each.title,
            school=each.organization,
            status=each.status,
            basis=each.basis,
            student_key=each.student_key,
            enrolled_at=each.created_at,
            changed_at=each.modified_at,
        )
        for each in list_followed_programs(learner=learner, by=by)
    ]


def _list(struct: type[Row], sql: str, account_id: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [account_id])
        return [struct(*row) for row in cursor.fetchall()]
