"""The picture of a learner: all that is known of them, found in at most five queries."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from django.db import connection

from matricula.lms.catalog.api import VERIFIED_OR_PAID_MODES, list_programs_of_runs
from matricula.lms.course_enrollments.api import (
    Grant,
    Hindrance,
    Seat,
    list_seats,
    say_reason,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.program_enrollments.api import list_visible_organizations


class PictureIdentity(msgspec.Struct, frozen=True):
    """A name of the learner; ``bound`` or waiting."""

    kind: str
    organization: str | None
    value: str
    bound: bool


class PictureProgramEnrollment(msgspec.Struct, frozen=True):
    """A program of the learner. An implicit one has no curriculum and no student key."""

    program: str
    curriculum: str | None
    status: str
    student_key: str | None
    waiting: bool
    basis: Literal["explicit", "implicit"]


class PictureGrant(msgspec.Struct, frozen=True):
    """A grant behind a seat, and why it gives none if it does not, in words and as data."""

    program: str | None
    status: str
    mode: str
    effective: bool
    reason: str
    hindrances: tuple[Hindrance, ...]


class PictureSeat(msgspec.Struct, frozen=True):
    """What the learner has in a course run."""

    course_run: str
    mode: str
    is_active: bool
    grants: tuple[PictureGrant, ...]


class Picture(msgspec.Struct, frozen=True):
    """All that is known of a learner; ``account`` is the username, None while they wait."""

    account: str | None
    identities: tuple[PictureIdentity, ...]
    program_enrollments: tuple[PictureProgramEnrollment, ...]
    seats: tuple[PictureSeat, ...]


class KnownIdentity(msgspec.Struct, frozen=True):
    """An identity of the learner, as the queries find it."""

    id: int
    kind: str
    organization_id: int | None
    organization: str | None
    value: str
    is_bound: bool
    is_retired: bool


IDENTITIES = """
SELECT i.id, i.kind, i.organization_id, organization.key, i.value,
       i.account_id IS NOT NULL, i.retired_at IS NOT NULL
FROM identity i
LEFT JOIN organization ON organization.id = i.organization_id
WHERE i.account_id = %(account_id)s
  AND (%(everywhere)s OR i.organization_id = ANY(%(organization_ids)s::bigint[]))
ORDER BY i.id
"""

IDENTITY = IDENTITIES.replace("i.account_id = %(account_id)s", "i.id = %(identity_id)s")

PROGRAM_ENROLLMENTS = """
SELECT e.identity_id, program.key, curriculum.uuid::text, e.status
FROM program_enrollment e
JOIN program ON program.id = e.program_id
JOIN curriculum ON curriculum.id = e.curriculum_id
WHERE e.identity_id = ANY(%(identity_ids)s)
ORDER BY program.key, e.id
"""


def picture_learner(*, learner: Learner, by: Actor) -> Picture:
    """Return the learner's picture as far as the actor may see it.

    Somebody who reads for some organizations sees the student keys of those, and what was made for
    them; everything else answers as if it did not exist. Everybody sees all of themselves.
    """
    identities = list_known_identities(learner, by=by)
    ids = [identity.id for identity in identities]
    explicit = _list_program_enrollments(identities)
    seats = list_seats(identity_ids=ids)
    return make_picture(learner, identities, explicit, seats)


def make_picture(
    learner: Learner,
    identities: Sequence[KnownIdentity],
    explicit: Sequence[PictureProgramEnrollment],
    seats: Sequence[Seat],
) -> Picture:
    """Put a picture together; the implicit program enrollments are found here, in one query.

    Whose a name is stays unsaid to somebody who may not see the name.
    """
    hindered = find_hindrance(identities)
    pictured = tuple(_picture_seat(seat, hindered) for seat in seats)
    paid = [
        seat.course_run_id
        for seat, shown in zip(seats, pictured, strict=True)
        if shown.is_active and seat.mode in VERIFIED_OR_PAID_MODES
    ]
    is_hidden = learner.identity_id is not None and not identities
    return Picture(
        account=None if is_hidden else learner.username,
        identities=tuple(
            PictureIdentity(each.kind, each.organization, each.value, each.is_bound)
            for each in identities
        ),
        program_enrollments=(*explicit, *_list_implicit(paid, explicit)),
        seats=pictured,
    )


def list_known_identities(learner: Learner, *, by: Actor) -> list[KnownIdentity]:
    """Return the identities of the learner that the actor may see."""
    permitted = list_visible_organizations(by=by, account_id=learner.account_id)
    params = {
        "account_id": learner.account_id,
        "identity_id": learner.identity_id,
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY if learner.account_id is None else IDENTITIES, params)
        return [KnownIdentity(*row) for row in cursor.fetchall()]


def _list_program_enrollments(
    identities: Sequence[KnownIdentity],
) -> list[PictureProgramEnrollment]:
    by_id = {identity.id: identity for identity in identities}
    with connection.cursor() as cursor:
        cursor.execute(PROGRAM_ENROLLMENTS, {"identity_ids": list(by_id)})
        return [
            make_explicit(
                by_id[identity_id], program=program, curriculum=curriculum, status=status
            )
            for identity_id, program, curriculum, status in cursor.fetchall()
        ]


def make_explicit(
    identity: KnownIdentity, *, program: str, curriculum: str, status: str
) -> PictureProgramEnrollment:
    """Return a stored program enrollment as the picture shows it."""
    return PictureProgramEnrollment(
        program=program,
        curriculum=curriculum,
        status=status,
        student_key=identity.value if identity.kind == "student_key" else None,
        waiting=not identity.is_bound and not identity.is_retired,
        basis="explicit",
    )


def _list_implicit(
    run_ids: Sequence[int], explicit: Sequence[PictureProgramEnrollment]
) -> list[PictureProgramEnrollment]:
    """Programs the old deduction would see, unless a stored enrollment says more."""
    if not run_ids:
        return []
    said = {enrollment.program for enrollment in explicit}
    return [
        PictureProgramEnrollment(key, None, "enrolled", None, waiting=False, basis="implicit")
        for _, key in list_programs_of_runs(run_ids=run_ids)
        if key not in said
    ]


def find_hindrance(identities: Sequence[KnownIdentity]) -> tuple[Hindrance, ...]:
    """Return why nothing of an identity without an account is effective; empty with an account."""
    if any(identity.is_bound for identity in identities):
        return ()
    if any(identity.is_retired for identity in identities):
        return (Hindrance.RETIRED,)
    return (Hindrance.WAITING,)


def _picture_seat(seat: Seat, hindered: tuple[Hindrance, ...]) -> PictureSeat:
    return PictureSeat(
        course_run=seat.course_run,
        mode=seat.mode,
        is_active=seat.is_active and not hindered,
        grants=tuple(_picture_grant(grant, hindered) for grant in seat.grants),
    )


def _picture_grant(grant: Grant, hindered: tuple[Hindrance, ...]) -> PictureGrant:
    hindrances = (*grant.hindrances, *hindered)
    return PictureGrant(
        program=grant.program,
        status="active" if grant.is_active else "inactive",
        mode=grant.mode,
        effective=not hindrances,
        reason=say_reason(hindrances),
        hindrances=hindrances,
    )
