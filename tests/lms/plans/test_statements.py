"""What is put back is looked up by indexes, whatever the planner knows of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.plans.api import Plan, undo_request
from matricula.lms.rosters.api import RosterKind
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    Execute,
    know_statistics,
    list_nodes,
    list_quadratic_nodes,
    planning,
    run,
)
from tests.lms.plans.planning import (
    LATER,
    applied,
    limits,
    planned,
    roster,
    undone,
    undone_change_set,
)

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"
# With a handful of acts any index of theirs would do.
EARLIER_ACTS = """
INSERT INTO change_set (uuid, actor, channel, reason, request_id, at, transaction_id)
SELECT gen_random_uuid(), 'account:' || number, 'test', '', '', now(), number
FROM generate_series(1, 5000) AS number
"""
STATEMENTS = (
    "INSERT INTO",
    "UPDATE undone",
    "SELECT\n    u.subject",
    "DELETE",
    "UPDATE p",
    "UPDATE c",
)


@pytest.fixture(params=STATISTICS)
def program(request: pytest.FixtureRequest) -> ProgramOutline:
    """A program of 3,000 students in a course, among as many of another one."""
    made = given.program(runs=[given.course_run()])
    keys = [f"rv-{number}" for number in range(3_000)]
    given.enrolled(*keys, program=given.program("botany"))
    run(EARLIER_ACTS)
    run("ANALYZE change_set")
    know_statistics(request.param)
    return made


def test_no_table_is_read_once_a_row(program: ProgramOutline) -> None:
    keys = [f"rv-{number}" for number in range(3_000)]
    people = applied(planned(roster(*((key, "enrolled") for key in keys)), program=program))
    text = roster(*((key, HYD, "active", "true") for key in keys))
    courses = applied(planned(text, program=program, kind=RosterKind.COURSE))

    with planning(*STATEMENTS) as plans:
        undo_courses = applied(undone(courses))
        undo_people = applied(undone(people))
        applied(undone(undo_people))
        applied(undone(undo_courses))

    found = {node for plan in plans for node in list_quadratic_nodes(plan)}
    assert len(plans) > 40
    assert found == set()


def test_acts_are_found_by_indexes(program: ProgramOutline) -> None:
    by = replace(given.OPERATOR, request_id="one")
    keys = [f"rv-{number}" for number in range(3_000)]
    applied(planned(roster(*((key, "enrolled") for key in keys)), program=program), by=by)

    with planning("WITH act", "SELECT count(*) FROM (") as plans:
        undone_change_set(ChangeSet.objects.latest("pk").uuid)
        undone_request(program)

    nodes = [node for plan in plans for node in list_nodes(plan)]
    assert len(plans) == 4
    assert {each for plan in plans for each in list_quadratic_nodes(plan)} == set()
    assert [each for each in nodes if is_read_whole(each)] == []


def test_a_transaction_of_many_acts_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matricula.lms.rosters.reading.CHUNK_ROWS", 10)
    program = given.program()
    by = replace(given.OPERATOR, request_id="one")
    rows = [(f"rv-{number}", "enrolled") for number in range(300)]
    plan = applied(planned(roster(*rows), program=program), by=by)
    assert len(plan.job.change_sets) == 30

    with counting_changes("WITH act", "SELECT count(*) FROM (", "INSERT INTO undone") as read:
        undone(plan)
        undone_request(program)

    assert read == [Change.objects.count()] * 5


def undone_request(program: ProgramOutline) -> Plan:
    return undo_request(
        request_id="one", program=program, limits=limits(), by=given.OPERATOR, at=LATER
    )


def is_read_whole(node: dict[str, Any]) -> bool:
    return node["Node Type"] == "Seq Scan" and node["Relation Name"] in {"change", "change_set"}


@contextmanager
def counting_changes(*starts: str) -> Iterator[list[int]]:
    """Count how many changes each statement that starts so reads by their transaction."""
    read: list[int] = []

    def count(
        execute: Execute,
        sql: str,
        params: Any,  # noqa: ANN401  the signature is Django's
        many: bool,  # noqa: FBT001  the signature is Django's
        context: dict[str, Any],
    ) -> Any:  # noqa: ANN401  the signature is Django's
        if sql.strip().startswith(starts):
            read.append(sum(map(count_read, list_nodes(carry_out(sql, params)))))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield read


def carry_out(sql: str, params: object) -> dict[str, Any]:
    """Carry a statement out once, for its plan, and take that back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)  # type: ignore[arg-type]  # as they were given
        found = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plans = msgspec.json.decode(found) if isinstance(found, str) else found
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def count_read(node: dict[str, Any]) -> int:
    if node.get("Index Name") != "change_in_commit_order":
        return 0
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(rows * node["Actual Loops"])
