"""Linking the students of a program to accounts, by staff and many at once."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import map_account_ids
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import (
    Claim,
    IdentityName,
    LinkOutcome,
    link_student_keys,
    require_reason,
    student_key,
)
from matricula.lms.kernel.api import Actor, stage


class LinkVerdict(StrEnum):
    """The answer to one link."""

    LINKED = "linked"
    ALREADY = "already"
    REPEATED = "repeated"
    """The student key is given with different accounts; none of them gets it."""
    UNKNOWN_ACCOUNT = "account-not-found"
    RETIRED_ACCOUNT = "account-retired"
    NOT_IN_PROGRAM = "not-in-program"


@dataclass(frozen=True, slots=True)
class StudentLink:
    """That a student of the program's school is an account."""

    student_key: str
    username: str


# One probe for each key: its identity, and whether that is in the program (ADR 0005).
ENROLLED = """
SELECT r.folded
FROM {incoming} AS r
CROSS JOIN LATERAL (
    SELECT id FROM identity
    WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND folded = r.folded
    LIMIT 1
) AS i
CROSS JOIN LATERAL (
    SELECT 1 FROM program_enrollment
    WHERE identity_id = i.id AND program_id = %(program_id)s
    LIMIT 1
) AS enrolled
"""

_OUTCOMES = {
    LinkOutcome.BOUND: LinkVerdict.LINKED,
    LinkOutcome.MOVED: LinkVerdict.LINKED,
    LinkOutcome.ALREADY: LinkVerdict.ALREADY,
    LinkOutcome.UNKNOWN: LinkVerdict.NOT_IN_PROGRAM,  # it went while we looked
    LinkOutcome.RETIRED: LinkVerdict.RETIRED_ACCOUNT,
}


def link_students(
    *,
    program: ProgramOutline,
    links: Sequence[StudentLink],
    by: Actor,
    at: datetime,
    reason: str,
) -> list[LinkVerdict]:
    """Bind the keys of a program's students to accounts, and answer each link.

    A key that is another account's is moved, with everything made for it. Any number of links
    takes the same number of statements; each stands for itself. The account is judged before the
    enrollment.

    Raises:
        InvalidReason: the reason cannot be kept.
        PermissionMissing: the actor may not link identities of the program's organization.
        ReasonMissing: there is no reason.
    """
    require_permission(by, Permission.IDENTITIES_LINK, organization_id=program.organization_id)
    require_reason(reason)
    account_ids = map_account_ids(usernames={link.username for link in links})
    names = [
        student_key(link.student_key, organization_id=program.organization_id) for link in links
    ]
    verdicts = _judge(links, names, account_ids)
    open_ones = {
        name.folded: Claim(name, account_ids[link.username])
        for link, name, verdict in zip(links, names, verdicts, strict=True)
        if verdict is None
    }
    linked = _link(program, open_ones, by=by, at=at, reason=reason) if open_ones else {}
    return [
        linked[name.folded] if verdict is None else verdict
        for name, verdict in zip(names, verdicts, strict=True)
    ]


def _judge(
    links: Sequence[StudentLink], names: Sequence[IdentityName], account_ids: Mapping[str, int]
) -> list[LinkVerdict | None]:
    """Judge what can be without looking at enrollments; None where that is still to be done."""
    given: dict[str, set[int | str]] = {}
    for link, name in zip(links, names, strict=True):
        account = account_ids.get(link.username, link.username.strip().lower())
        given.setdefault(name.folded, set()).add(account)
    return [
        _judge_one(link, name, account_ids, is_repeated=len(given[name.folded]) > 1)
        for link, name in zip(links, names, strict=True)
    ]


def _judge_one(
    link: StudentLink, name: IdentityName, account_ids: Container[str], *, is_repeated: bool
) -> LinkVerdict | None:
    if is_repeated:
        return LinkVerdict.REPEATED
    if link.username not in account_ids:
        return LinkVerdict.UNKNOWN_ACCOUNT
    return LinkVerdict.NOT_IN_PROGRAM if name.find_fault() else None


def _link(
    program: ProgramOutline, claims: Mapping[str, Claim], *, by: Actor, at: datetime, reason: str
) -> dict[str, LinkVerdict]:
    with transaction.atomic():
        enrolled = _list_enrolled(program, list(claims))
        wanted = [claim for folded, claim in claims.items() if folded in enrolled]
        outcomes = link_student_keys(claims=wanted, by=by, at=at, reason=reason)
    verdicts = dict.fromkeys(claims, LinkVerdict.NOT_IN_PROGRAM)
    for claim, outcome in zip(wanted, outcomes, strict=True):
        verdicts[claim.name.folded] = _OUTCOMES[outcome]
    return verdicts


def _list_enrolled(program: ProgramOutline, folded: Sequence[str]) -> set[str]:
    place = {"organization_id": program.organization_id, "program_id": program.id}
    with connection.cursor() as cursor:
        columns, values = {"folded": "text"}, {"folded": folded}
        staged = stage(cursor, name="students", columns=columns, values=values)
        cursor.execute(ENROLLED.format(incoming=staged.relation), {**staged.params, **place})
        return {found for (found,) in cursor.fetchall()}
