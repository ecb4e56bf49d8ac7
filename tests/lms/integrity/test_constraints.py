"""Every rule the database holds is broken on purpose, and no rule is left out."""

import pytest
from django.db import IntegrityError, connection
from psycopg import errors

from matricula.lms.catalog.api import Curriculum
from matricula.lms.ledger.api import recorded
from tests import given
from tests.lms.integrity.breaking import BREAKS
from tests.lms.kernel.seeing import list_tables, look, run

pytestmark = pytest.mark.django_db

# Plain foreign keys, primary keys and columns that are never null need no test of their own. A
# unique rule on an expression or on a part of the rows is an index without a constraint.
CONSTRAINTS = """
SELECT conname FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype NOT IN ('p', 'n')
  AND NOT (contype = 'f' AND cardinality(conkey) = 1)
UNION ALL
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = ANY(%s::regclass[]) AND indisunique
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@pytest.fixture
def world() -> dict[str, int]:
    run = given.course_run()
    program = given.program(runs=[run], active_curricula=2)
    other = given.program("botany")
    mira, noah = given.account("mira"), given.account("noah")
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    identities = dict(look("SELECT value, id FROM identity"))
    return {
        "account": mira.pk,
        "organization": program.organization_id,
        "other_organization": given.school("LakeU").pk,
        "program": program.id,
        "other_program": other.id,
        "curriculum": program.active_curriculum_id or 0,
        "other_curriculum": Curriculum.objects.get(program=program.id, position=1).pk,
        "run": run.pk,
        "bound": identities["rv-1"],
        "waiting": identities["rv-2"],
        "enrollment": look("SELECT min(id) FROM program_enrollment")[0][0],
    }


def break_(constraint: str, world: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for statement in BREAKS[constraint].split(";"):
            cursor.execute(statement, world)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("constraint", BREAKS)
def test_the_database_refuses_what_breaks_a_rule(constraint: str, world: dict[str, int]) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError) as refused, recorded(by=given.OPERATOR, at=given.NOW):
        break_(constraint, world)
    cause = refused.value.__cause__
    assert isinstance(cause, errors.IntegrityError)
    assert cause.diag.constraint_name == constraint


def test_every_rule_of_the_database_is_broken_by_a_test() -> None:
    tables = list_tables()
    found = [name for (name,) in look(CONSTRAINTS, tables, tables)]
    assert len(found) > 40
    assert sorted(found) == sorted(BREAKS)


def test_the_count_of_rules_sees_a_rule_that_no_test_breaks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE course ADD CONSTRAINT untested CHECK (title <> 'x')")
        cursor.execute("CREATE UNIQUE INDEX untested_too ON course (lower(key)) WHERE title = 'y'")
    tables = list_tables()
    found = {name for (name,) in look(CONSTRAINTS, tables, tables)}
    assert found - BREAKS.keys() == {"untested", "untested_too"}
