"""All that is stored, of the code and of the model, in one shape."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from matricula.lms.accounts.api import Account
from tests.lives.model import World
from tests.lives.views import run_name

IDENTITIES = """
SELECT i.id, i.kind, organization.key, i.folded, i.value, i.account_id, i.bound_via,
       i.retired_at IS NOT NULL
FROM identity i LEFT JOIN organization ON organization.id = i.organization_id
ORDER BY i.id
"""
ENROLLMENTS = """
SELECT e.identity_id, program.key, curriculum.uuid::text, e.status, e.created_at, e.modified_at
FROM program_enrollment e
JOIN program ON program.id = e.program_id JOIN curriculum ON curriculum.id = e.curriculum_id
"""
GRANTS = """
SELECT g.identity_id, run.key, coalesce(program.key, ''), coalesce(curriculum.uuid::text, ''),
       g.mode, g.is_active, g.created_at, g.modified_at
FROM course_enrollment g
JOIN course_run run ON run.id = g.course_run_id
LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
LEFT JOIN program ON program.id = e.program_id
LEFT JOIN curriculum ON curriculum.id = e.curriculum_id
"""
ROLES = """
SELECT r.identity_id, run.key, program.key, curriculum.uuid::text
FROM course_role r
JOIN course_run run ON run.id = r.course_run_id
JOIN program_enrollment e ON e.id = r.program_enrollment_id
JOIN program ON program.id = e.program_id JOIN curriculum ON curriculum.id = e.curriculum_id
"""
CONFLICTS = """
SELECT identity_id, holder_id, claimant_id, attempts
FROM binding_conflict WHERE resolved_at IS NULL
"""

Stored = dict[str, list[Any]]


def read_stored(
    world: World, curricula: Mapping[str, Sequence[str]], accounts: Mapping[str, Account]
) -> tuple[Stored, dict[int, str]]:
    """Everything in the database, and identities' values by id.

    The model's persons learn the ids of their rows.
    """
    usernames = {account.pk: name for name, account in accounts.items()}
    places = {uuid: place for uuids in curricula.values() for place, uuid in enumerate(uuids)} | {
        "": -1
    }
    found = _rows(IDENTITIES)
    _learn_ids(world, found)
    stored: Stored = {
        "identities": [
            (id_, kind, school or "", usernames.get(account_id), via, is_retired)
            for id_, kind, school, _, _, account_id, via, is_retired in found
        ],
        "enrollments": [
            (id_, program, places[uuid], status, created, modified)
            for id_, program, uuid, status, created, modified in _rows(ENROLLMENTS)
        ],
        "grants": [
            (id_, run_name(run), program, places[uuid], mode, is_active, created, modified)
            for id_, run, program, uuid, mode, is_active, created, modified in _rows(GRANTS)
        ],
        "roles": [
            (id_, run_name(run), program, places[uuid]) for id_, run, program, uuid in _rows(ROLES)
        ],
        "disputes": [
            (id_, usernames[holder], usernames[claimant], attempts)
            for id_, holder, claimant, attempts in _rows(CONFLICTS)
        ],
    }
    values = {row[0]: row[4] for row in found}
    return {what: sorted(rows) for what, rows in stored.items()}, values


def _learn_ids(world: World, found: Sequence[tuple[Any, ...]]) -> None:
    known = {person.id: person for person in world.persons}
    for id_, kind, school, folded, value, *_, is_retired in found:
        if id_ not in known:
            person = world.find((kind, school, folded))
            assert person is not None, f"nobody in the model is {kind} {folded!r}"
            assert person.id == 0
            person.id = id_
            known[id_] = person
        person = known[id_]
        if is_retired:
            assert value.startswith("retired_")
            assert not any(each in value for each in person.values)
        else:
            assert folded == person.name[2]
            assert value in person.values


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def stored_of_model(world: World) -> Stored:
    """Everything the model has stored."""
    stored: Stored = {
        "identities": [
            (each.id, each.name[0], each.name[1] or "", each.account, each.via, each.is_retired)
            for each in world.persons
        ],
        "enrollments": [
            (
                each.person.id,
                each.program,
                each.curriculum,
                each.status,
                each.created,
                each.modified,
            )
            for each in world.enrollments
        ],
        "grants": [
            (
                each.person.id,
                each.run,
                each.through.program if each.through else "",
                each.through.curriculum if each.through else -1,
                each.mode,
                each.is_active,
                each.created,
                each.modified,
            )
            for each in world.grants
        ],
        "roles": [
            (each.person.id, each.run, each.through.program, each.through.curriculum)
            for each in world.roles
        ],
        "disputes": [
            (each.person.id, each.holder, each.claimant, each.attempts) for each in world.disputes
        ],
    }
    return {what: sorted(rows) for what, rows in stored.items()}
