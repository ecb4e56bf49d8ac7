"""As of: what a learner or a program had at a past moment, from the ledger.

Who held an identity at that moment counts, not who holds it now. The catalog has no history: its
keys are today's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.accounts.api import map_usernames
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import Seat, explain_grant, seats_of
from matricula.lms.kernel.api import Actor, NotFound
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.picturing import (
    KnownIdentity,
    Picture,
    make_explicit,
    make_picture,
)
from matricula.lms.learners.revisiting import (
    list_past_course_enrollments,
    list_past_program_enrollments,
)
from matricula.lms.ledger.api import (
    list_deleted_rows,
    list_identities_once_of,
    list_rows_as_of,
)
from matricula.lms.program_enrollments.api import list_visible_organizations

Row = Mapping[str, Any]


class NotThereYet(NotFound):
    """The account was made after that moment."""

    code = "not-there-yet"


class PastProgramEnrollment(msgspec.Struct, frozen=True):
    """A program enrollment as it was."""

    student_key: str
    curriculum: str
    status: str


class PastCourseEnrollment(msgspec.Struct, frozen=True):
    """A grant through the program as it was."""

    student_key: str
    course_run: str
    mode: str
    is_active: bool


IDS_BOUND = "SELECT id FROM identity WHERE account_id = ANY(%s)"
IDS_OF_IDENTITIES = "SELECT id FROM program_enrollment WHERE identity_id = ANY(%s)"
GRANT_IDS_OF_IDENTITIES = "SELECT id FROM course_enrollment WHERE identity_id = ANY(%s)"

ORGANIZATION_KEYS = "SELECT id, key FROM organization WHERE id = ANY(%s)"
RUN_KEYS = "SELECT id, key FROM course_run WHERE id = ANY(%s)"
CURRICULA = """
SELECT curriculum.id, program.key, curriculum.uuid::text
FROM curriculum JOIN program ON program.id = curriculum.program_id
WHERE curriculum.id = ANY(%s)
"""


def picture_learner_as_of(*, learner: Learner, as_of: datetime, by: Actor) -> Picture:
    """Return the picture as it was at a moment, in a fixed number of queries.

    A learner who was found by a name is whoever held that name then: somebody who had not proven
    it yet is pictured waiting.

    Raises:
        NotThereYet: the account asked for was made later.
    """
    if learner.joined_at is not None and learner.joined_at > as_of:
        raise NotThereYet(
            f"There was no account {learner.username!r} then: it was made "
            f"at {learner.joined_at.isoformat(timespec='seconds')}."
        )
    then, rows = _recall_learner(learner, as_of=as_of)
    visible = list_visible_organizations(by=by, account_id=then.account_id)
    identities = _recall_identities(rows, permitted=visible)
    known = {identity.id: identity for identity in identities}
    enrollments = _recall_of_identities("program_enrollment", IDS_OF_IDENTITIES, known, as_of)
    grants = _recall_of_identities("course_enrollment", GRANT_IDS_OF_IDENTITIES, known, as_of)
    curricula = _map_rows(CURRICULA, (row["curriculum_id"] for row in enrollments))
    explicit = [
        make_explicit(
            known[row["identity_id"]],
            program=curricula[row["curriculum_id"]][0],
            curriculum=curricula[row["curriculum_id"]][1],
            status=row["status"],
        )
        for row in enrollments
    ]
    return make_picture(then, identities, explicit, _recall_seats(grants, enrollments, curricula))


def list_program_enrollments_as_of(
    *, program: ProgramOutline, as_of: datetime, by: Actor
) -> list[PastProgramEnrollment]:
    """Return the program enrollments of a program at a moment, by student key.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    found = (
        PastProgramEnrollment(each.student_key or "", each.curriculum, each.status)
        for each in list_past_program_enrollments(program=program, as_of=as_of, by=by)
    )
    return sorted(found, key=lambda each: (each.student_key, each.curriculum))


def list_course_enrollments_as_of(
    *, program: ProgramOutline, as_of: datetime, by: Actor
) -> list[PastCourseEnrollment]:
    """Return the grants through a program at a moment, by student key and course run.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    found = (
        PastCourseEnrollment(each.value, each.course_run, each.mode, each.is_active)
        for each in list_past_course_enrollments(program=program, as_of=as_of, by=by)
    )
    return sorted(found, key=lambda each: (each.student_key, each.course_run))


def _recall_learner(learner: Learner, *, as_of: datetime) -> tuple[Learner, list[Row]]:
    """Return who was meant at that moment, with their identities' rows as they were then."""
    account_id, named_rows = learner.account_id, list[Row]()
    if learner.identity_id is not None:
        ids = [learner.identity_id]
        named_rows = list(list_rows_as_of(subject="identity", row_ids=ids, as_of=as_of))
        account_id = named_rows[0]["account_id"] if named_rows else None
    if account_id is None:
        return Learner(None, None, learner.identity_id), named_rows
    ids = [*_list_ids(IDS_BOUND, [account_id]), *list_identities_once_of(account_id=account_id)]
    rows = list_rows_as_of(subject="identity", row_ids=set(ids), as_of=as_of)
    username = (
        learner.username
        if account_id == learner.account_id
        else map_usernames(account_ids=[account_id])[account_id]
    )
    then = Learner(account_id, username, learner.identity_id)
    return then, [row for row in rows if row["account_id"] == account_id]


def _recall_identities(
    rows: Sequence[Row], *, permitted: frozenset[int] | None
) -> list[KnownIdentity]:
    organizations = _map_rows(ORGANIZATION_KEYS, (row["organization_id"] for row in rows))
    return [
        KnownIdentity(
            id=row["id"],
            kind=row["kind"],
            organization_id=row["organization_id"],
            organization=organizations.get(row["organization_id"], (None,))[0],
            value=row["value"],
            is_bound=row["account_id"] is not None,
            is_retired=row["retired_at"] is not None,
        )
        for row in sorted(rows, key=lambda row: int(row["id"]))
        if permitted is None or row["organization_id"] in permitted
    ]


def _recall_seats(
    grants: Sequence[Row], enrollments: Sequence[Row], curricula: Mapping[int, tuple[Any, ...]]
) -> list[Seat]:
    runs = _map_rows(RUN_KEYS, (row["course_run_id"] for row in grants))
    through = {row["id"]: row for row in enrollments}
    explained = [
        explain_grant(
            row["identity_id"],
            row["course_run_id"],
            runs[row["course_run_id"]][0],
            curricula[enrollment["curriculum_id"]][0] if enrollment else None,
            enrollment["status"] if enrollment else None,
            row["mode"],
            row["is_active"],
        )
        for row in grants
        for enrollment in [through.get(row["program_enrollment_id"])]
    ]
    return seats_of(sorted(explained, key=lambda grant: grant.course_run))


def _recall_of_identities(
    subject: str, ids_of: str, known: Mapping[int, KnownIdentity], as_of: datetime
) -> list[Row]:
    ids = list(known)
    deleted = list_deleted_rows(subject=subject, field="identity_id", values=ids)
    candidates = _list_ids(ids_of, ids) | set(deleted)
    return list(list_rows_as_of(subject=subject, row_ids=sorted(candidates), as_of=as_of))


def _list_ids(statement: str, values: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values)])
        return {id_ for (id_,) in cursor.fetchall()}


def _map_rows(statement: str, ids: Iterable[int | None]) -> dict[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted({id_ for id_ in ids if id_ is not None})])
        return {row[0]: row[1:] for row in cursor.fetchall()}
