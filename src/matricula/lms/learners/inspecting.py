"""Inspecting: the program enrollments of one person, as support looks at them.

As many queries for much as for little.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.course_enrollments.api import Seat, list_seats
from matricula.lms.identities.api import UnknownIdentity, student_key
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner, get_named_learner
from matricula.lms.learners.profiling import Profile, get_profile, spell
from matricula.lms.organizations.api import UnknownOrganization, get_organization


class SchoolKey(msgspec.Struct, frozen=True):
    """A student key of the person."""

    organization: str
    value: str


class InspectedCourse(msgspec.Struct, frozen=True):
    """A course enrollment through the program, and the seat that the account has in the run.

    ``seat`` is None while the person waits.
    """

    course_run: str
    is_active: bool
    created_at: datetime
    modified_at: datetime
    seat: Seat | None


class InspectedEnrollment(msgspec.Struct, frozen=True):
    """A program enrollment with what comes through it."""

    program_uuid: UUID
    program_title: str
    student_key: str
    status: str
    created_at: datetime
    modified_at: datetime
    courses: tuple[InspectedCourse, ...]


class Inspection(msgspec.Struct, frozen=True):
    """What support sees of a person; ``profile`` is None while the person waits."""

    profile: Profile | None
    keys: tuple[SchoolKey, ...]
    enrollments: tuple[InspectedEnrollment, ...]


class _Name(msgspec.Struct, frozen=True):
    id: int
    kind: str
    organization_id: int | None
    organization: str | None
    value: str


NAMES = """
SELECT i.id, i.kind, i.organization_id, organization.key, i.value
FROM identity i
LEFT JOIN organization ON organization.id = i.organization_id
WHERE (i.account_id = %(account_id)s OR i.id = %(identity_id)s)
  AND (%(everywhere)s OR i.organization_id = ANY(%(organization_ids)s::bigint[]))
ORDER BY i.id
"""

ENROLLMENTS = """
SELECT e.id, e.identity_id, program.uuid, program.title, e.status, e.created_at, e.modified_at
FROM program_enrollment e
JOIN program ON program.id = e.program_id
WHERE e.identity_id = ANY(%(identity_ids)s::bigint[])
ORDER BY e.created_at, e.id
"""

COURSES = """
SELECT g.program_enrollment_id, run.key, g.is_active, g.created_at, g.modified_at
FROM course_enrollment g
JOIN course_run run ON run.id = g.course_run_id
WHERE g.identity_id = ANY(%(identity_ids)s::bigint[]) AND g.program_enrollment_id IS NOT NULL
ORDER BY run.key, g.id
"""


def inspect_account(*, asked: str, by: Actor) -> Inspection:
    """Return what there is of the account with that username or address.

    Of the schools whose enrollments the actor may read; the rest answers as if it did not exist.

    Raises:
        UnknownAccount: there is no such account for the actor.
    """
    profile = get_profile(asked=asked, by=by)
    learner = Learner(account_id=profile.id, username=profile.username)
    return _inspect(learner, profile, by=by)


def inspect_student(*, organization_key: str, key: str, by: Actor) -> Inspection:
    """Return what there is at one school of whoever it calls so, waiting or not.

    Nothing of another school is shown, though the same account may have that too.

    Raises:
        UnknownIdentity: the actor can see nobody of that name there.
    """
    try:
        organization_id = get_organization(key=organization_key).pk
    except UnknownOrganization:
        raise UnknownIdentity(_("Nobody has mentioned this student key yet.")) from None
    learner = _get_student(organization_id, key, by=by)
    profile = get_profile(asked=learner.username, by=by) if learner.username else None
    return _inspect(learner, profile, by=by, at_school=organization_id)


def _get_student(organization_id: int, key: str, *, by: Actor) -> Learner:
    names = [student_key(each, organization_id=organization_id) for each in spell(key)]
    for name in names:
        if name.find_fault() is None:
            try:
                return get_named_learner(name=name, by=by)
            except UnknownIdentity:
                continue
    raise UnknownIdentity(_("Nobody has mentioned this student key yet."))


def _inspect(
    learner: Learner, profile: Profile | None, *, by: Actor, at_school: int | None = None
) -> Inspection:
    """Put together what is shown; seats are those of all names the actor may see."""
    names = _list_names(learner, by=by)
    shown = [
        name
        for name in names
        if name.organization_id is not None and at_school in {None, name.organization_id}
    ]
    seats = {} if profile is None else _map_seats(names)
    return Inspection(
        profile=profile,
        keys=tuple(SchoolKey(name.organization or "", name.value) for name in shown),
        enrollments=_list_enrollments({name.id: name.value for name in shown}, seats),
    )


def _list_names(learner: Learner, *, by: Actor) -> list[_Name]:
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    params = {
        "account_id": learner.account_id,
        "identity_id": learner.identity_id,
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
    }
    return [_Name(*row) for row in _fetch(NAMES, params)]


def _map_seats(names: Sequence[_Name]) -> dict[str, Seat]:
    seats = list_seats(identity_ids=[name.id for name in names])
    return {seat.course_run: seat for seat in seats}


def _list_enrollments(
    keys: Mapping[int, str], seats: Mapping[str, Seat]
) -> tuple[InspectedEnrollment, ...]:
    params = {"identity_ids": list(keys)}
    courses: dict[int, list[InspectedCourse]] = defaultdict(list)
    for enrollment_id, run, is_active, created_at, modified_at in _fetch(COURSES, params):
        course = InspectedCourse(run, is_active, created_at, modified_at, seats.get(run))
        courses[enrollment_id].append(course)
    return tuple(
        InspectedEnrollment(
            program_uuid=uuid,
            program_title=title,
            student_key=keys[identity_id],
            status=status,
            created_at=created_at,
            modified_at=modified_at,
            courses=tuple(courses[id_]),
        )
        for id_, identity_id, uuid, title, status, created_at, modified_at in _fetch(
            ENROLLMENTS, params
        )
    )


def _fetch(statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
