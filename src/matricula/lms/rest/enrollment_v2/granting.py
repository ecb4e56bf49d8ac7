"""Granting course runs directly: rows of names and keys in, each answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import map_account_uuids
from matricula.lms.catalog.api import find_course_run_ids
from matricula.lms.course_enrollments.api import DirectRow, write_direct_enrollments
from matricula.lms.identities.api import (
    IdentityName,
    account_itself,
    email_address,
    student_key,
)
from matricula.lms.kernel.api import (
    Action,
    Actor,
    Judgement,
    Verdict,
    WriteMode,
    quote,
    refuse,
)
from matricula.lms.organizations.api import list_organizations

MOST_ROWS = 10_000

Text = Annotated[str, msgspec.Meta(max_length=1000)]


class GrantWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A course run for a person: an account, an e-mail address, or a student key of a school.

    Without a `mode` the stored one is kept, and a new grant is in `audit`.
    """

    course_run: Text
    username: Text | None = None
    email: Text | None = None
    student_key: Text | None = None
    organization: Text | None = None
    mode: Text = ""
    active: bool = True


class GrantsWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grants to write, and what may happen: create, update, or both."""

    rows: Annotated[Sequence[GrantWanted], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]
    mode: WriteMode = WriteMode.UPSERT
    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class GrantAnswer(msgspec.Struct, frozen=True):
    """What was done with a row; `line` is its number, from 1."""

    line: int
    course_run: str
    key: str
    action: Action
    verdict: str
    reason: str


class GrantsAnswer(msgspec.Struct, frozen=True):
    """What was done with each row, and how many of each action there are."""

    counts: dict[str, int]
    rows: Sequence[GrantAnswer]


EXAMPLE = {
    "rows": [
        {"email": "mira@example.org", "course_run": "course-v1:RiverU+HYD1+2031_T1"},
        {"username": "noah", "course_run": "course-v1:RiverU+HYD1+2031_T1", "mode": "verified"},
    ],
    "mode": "upsert",
    "reason": "guest students",
}
ANSWER_EXAMPLE = {
    "counts": {"create": 1, "refuse": 1},
    "rows": [
        {
            "line": 1,
            "course_run": "course-v1:RiverU+HYD1+2031_T1",
            "key": "mira@example.org",
            "action": "create",
            "verdict": "active",
            "reason": "",
        },
        {
            "line": 2,
            "course_run": "course-v1:RiverU+HYD1+2031_T1",
            "key": "noah",
            "action": "refuse",
            "verdict": "not-found",
            "reason": "there is no account 'noah'",
        },
    ],
}


def grant(wanted: GrantsWanted, *, by: Actor, at: datetime) -> GrantsAnswer:
    """Write the grants, in a fixed number of statements, and answer each.

    Raises:
        PermissionMissing: the caller may not write enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE)
    rows = _translate(wanted.rows)
    judged = write_direct_enrollments(
        rows=[row for row in rows if isinstance(row, DirectRow)],
        mode=wanted.mode,
        by=by,
        at=at,
        reason=wanted.reason,
    )
    by_line = {each.line: each for each in judged}
    by_line |= {each.line: each for each in rows if isinstance(each, Judgement)}
    answers = [_answer(line, row, by_line[line]) for line, row in enumerate(wanted.rows, 1)]
    return GrantsAnswer(Counter(each.action.value for each in answers), answers)


def _translate(rows: Sequence[GrantWanted]) -> list[DirectRow | Judgement]:
    runs = find_course_run_ids(keys={row.course_run for row in rows})
    uuids = map_account_uuids(usernames={row.username for row in rows if row.username})
    schools = {each.key.lower(): each.pk for each in list_organizations()}
    return [_translate_row(line, row, runs, uuids, schools) for line, row in enumerate(rows, 1)]


def _translate_row(
    line: int,
    row: GrantWanted,
    runs: Mapping[str, int],
    uuids: Mapping[str, UUID],
    schools: Mapping[str, int],
) -> DirectRow | Judgement:
    name = _name(row, uuids, schools)
    if isinstance(name, str):
        is_unknown = name.startswith("there is no")
        return refuse(line, Verdict.NOT_FOUND if is_unknown else Verdict.INVALID_ROW, name)
    if row.course_run not in runs:
        reason = f"there is no course run {quote(row.course_run)}"
        return refuse(line, Verdict.COURSE_NOT_FOUND, reason)
    return DirectRow(line, name, runs[row.course_run], row.mode.strip(), row.active)


def _name(
    row: GrantWanted, uuids: Mapping[str, UUID], schools: Mapping[str, int]
) -> IdentityName | str:
    """Return whom a row is for, or in words why that cannot be said."""
    if [row.username, row.email, row.student_key].count(None) != 2:  # noqa: PLR2004  one of three
        return "give one of: username, email, student_key"
    if (row.student_key is None) != (row.organization is None):
        return "student_key and organization go together"
    if row.email is not None:
        return email_address(row.email)
    if row.username is not None:
        uuid = uuids.get(row.username)
        return (
            f"there is no account {quote(row.username)}" if uuid is None else account_itself(uuid)
        )
    key, organization = row.student_key or "", row.organization or ""
    school_id = schools.get(organization.strip().lower())
    if school_id is None:
        return f"there is no organization {quote(organization)}"
    return student_key(key, organization_id=school_id)


def _answer(line: int, row: GrantWanted, judged: Judgement) -> GrantAnswer:
    key = row.username or row.email or row.student_key or ""
    return GrantAnswer(line, row.course_run, key, judged.action, judged.verdict, judged.reason)
