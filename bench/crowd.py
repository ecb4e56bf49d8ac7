"""A million learners who wait, and among them a few whom the benchmark follows."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from bench import database, school
from bench.measuring import progress
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import write_program_course_enrollments
from matricula.lms.identities.api import IdentityName
from matricula.lms.kernel.api import WriteMode
from matricula.lms.program_enrollments.api import write_program_enrollments
from tests import given
from tests.given import NOW, OPERATOR

TIMES_ROWS = 10
PROGRAMS = 3
RUNS = 10
FOLLOWED = 50
PEOPLE_WITH_ACCOUNT = 5
"""For one account there are so many who wait."""

ACCOUNTS = """
INSERT INTO account
    (uuid, username, email, name, password, is_superuser, is_staff, is_active, date_joined)
SELECT gen_random_uuid(), 'person' || n, 'person' || n || '@example.org', '', '!',
       false, false, true, %(at)s
FROM generate_series(1, %(accounts)s) AS n
"""
PROVEN_ADDRESSES = """
INSERT INTO identity (kind, value, folded, account_id, bound_at, bound_via)
SELECT 'email', email, email, id, %(at)s, 'verified_email' FROM account
"""
WAITING = """
INSERT INTO identity (kind, organization_id, value, folded)
SELECT 'student_key', %(organization_id)s, 'W' || key, 'w' || key
FROM generate_series(1, %(waiting)s) AS n,
     lpad((n * 2654435761 %% 4294967296)::text, 10, '0') AS key
"""
PROGRAM_ENROLLMENTS = """
INSERT INTO program_enrollment
    (identity_id, program_id, curriculum_id, status, created_at, modified_at)
SELECT i.id, curriculum.program_id, curriculum.id, 'enrolled', %(at)s, %(at)s
FROM identity i
JOIN curriculum ON curriculum.id = (%(curriculum_ids)s::bigint[])[1 + i.id %% %(programs)s]
WHERE i.kind = 'student_key'
"""
COURSE_ENROLLMENTS = """
INSERT INTO course_enrollment
    (identity_id, course_run_id, program_enrollment_id, mode, is_active, created_at, modified_at)
SELECT e.identity_id, runs.ids[1 + e.id %% 10], e.id, 'masters', true, %(at)s, %(at)s
FROM program_enrollment e
JOIN (
    SELECT program_id, array_agg(courserun_id) AS ids FROM program_course_run GROUP BY program_id
) AS runs ON runs.program_id = e.program_id
"""


@dataclass(frozen=True)
class Crowd:
    """The followed learners' names and accounts; the names wait in all programs and runs."""

    size: int
    names: list[IdentityName]
    accounts: list[Account]
    run_ids: list[int]


@cache
def gather(size: int) -> Crowd:
    """Fill the tables: ``size`` learners wait, each in a program and a run of it."""
    progress(f"filling the tables: {size:,} wait")
    database.empty(*database.LEARNERS)
    database.with_guards_off("DELETE FROM account")
    programs = [school.program(f"crowd{number}x", runs=RUNS) for number in range(PROGRAMS)]
    accounts = [given.account(f"followed{number}") for number in range(FOLLOWED)]
    _fill(size, [program for program, _ in programs])
    for program, runs in programs:
        _follow(program, runs)
    database.settle("account", "identity", "program_enrollment", "course_enrollment", "change")
    return Crowd(
        size=size,
        names=[given.key_of(school.key(number)) for number in range(FOLLOWED)],
        accounts=accounts,
        run_ids=[run.pk for _, runs in programs for run in runs],
    )


def _fill(size: int, programs: list[ProgramOutline]) -> None:
    params: dict[str, Any] = {
        "at": NOW,
        "waiting": size,
        "accounts": size // PEOPLE_WITH_ACCOUNT,
        "organization_id": programs[0].organization_id,
        "curriculum_ids": [program.active_curriculum_id for program in programs],
        "programs": len(programs),
    }
    database.run("SET session_replication_role = replica")
    with connection.cursor() as cursor:
        for statement in (
            ACCOUNTS,
            PROVEN_ADDRESSES,
            WAITING,
            PROGRAM_ENROLLMENTS,
            COURSE_ENROLLMENTS,
        ):
            cursor.execute(statement, params)
    database.run("RESET session_replication_role")


def _follow(program: ProgramOutline, runs: list[CourseRun]) -> None:
    write_program_enrollments(
        program=program,
        rows=school.program_rows(0, FOLLOWED, status="enrolled"),
        mode=WriteMode.CREATE,
        by=OPERATOR,
        at=NOW,
    )
    write_program_course_enrollments(
        program=program,
        rows=school.course_rows(0, FOLLOWED, runs, status="active"),
        mode=WriteMode.CREATE,
        by=OPERATOR,
        at=NOW,
    )
