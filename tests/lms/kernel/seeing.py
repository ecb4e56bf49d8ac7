"""What a test sees of the database: rows, changes, and the plans of the statements that ran."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.ledger.api import Change

LEDGERED = ("identity", "program_enrollment", "course_enrollment", "course_role")

Plan = dict[str, Any]
Param = str | int | datetime | list[str] | None
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]

STATISTICS = {
    "none": "",
    "true": f"ANALYZE {', '.join(LEDGERED)}",
    # As after an import that failed, or was taken back: pages, and nothing in them.
    "of empty tables": f"""
        UPDATE pg_class SET relpages = 1000, reltuples = 0
        WHERE oid = ANY(ARRAY['{"', '".join(LEDGERED)}']::regclass[])
    """,
}
"""What the planner may have heard of the tables, and how to make it so."""


def look(statement: str, *params: Param) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def run(statement: str, *params: Param) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def list_tables() -> list[str]:
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("matricula.")
    ]
    return sorted({model._meta.db_table for model in models})


def count_rows() -> dict[str, int]:
    return {table: look(f"SELECT count(*) FROM {table}")[0][0] for table in list_tables()}


def read_all() -> dict[str, list[str]]:
    return {
        table: [text for (text,) in look(f"SELECT t::text FROM {table} t ORDER BY 1")]
        for table in list_tables()
    }


def list_changes(subject: str) -> list[Change]:
    return list(Change.objects.filter(subject=subject).order_by("pk"))


def last_change(subject: str) -> Change:
    return list_changes(subject)[-1]


def count_statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def know_statistics(which: str) -> None:
    if STATISTICS[which]:
        run(STATISTICS[which])


@contextmanager
def planning(*starts: str) -> Iterator[list[Plan]]:
    """Collect the plan of every statement that starts so, made just before it runs."""
    plans: list[Plan] = []

    def explain(
        execute: Execute,
        sql: str,
        params: Any,  # noqa: ANN401  the signature is Django's
        many: bool,  # noqa: FBT001  the signature is Django's
        context: dict[str, Any],
    ) -> Any:  # noqa: ANN401  the signature is Django's
        if sql.strip().startswith(starts):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                found = cursor.fetchone()[0]
            plans.append(
                (msgspec.json.decode(found) if isinstance(found, str) else found)[0]["Plan"]
            )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


KEPT = """
SELECT name, cardinality(parameter_types) FROM pg_prepared_statements
WHERE starts_with(ltrim(statement, E'\\n'), %s) AND generic_plans > 0
"""


def read_kept_plan(start: str) -> Plan:
    """Return the plan that the connection keeps of a prepared statement that starts so.

    It keeps one as soon as ``plan_cache_mode`` is ``force_generic_plan``.
    """
    ((name, values),) = look(KEPT, start)
    arguments = ", ".join(["NULL"] * values)
    ((found,),) = look(f'EXPLAIN (FORMAT JSON) EXECUTE "{name}" ({arguments})')
    plans: list[dict[str, Plan]] = msgspec.json.decode(found) if isinstance(found, str) else found
    return plans[0]["Plan"]


def list_nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from list_nodes(child)


def _inner_side(node: Plan) -> Plan:
    """Return what a join asks for each row; common table expressions stand beside it."""
    return next(child for child in node["Plans"] if child["Parent Relationship"] == "Inner")


LEADING_COLUMNS = """
SELECT relname, attname FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
"""


def list_quadratic_nodes(plan: Plan) -> list[str]:
    """Name what would be read whole again for every row of the other side of a nested loop.

    An index that is asked for anything but its first column is read whole too.
    """
    leading = dict(look(LEADING_COLUMNS))
    return [
        f"{inner['Node Type']} on {inner.get('Relation Name', inner.get('Alias'))}"
        for node in list_nodes(plan)
        if node["Node Type"] == "Nested Loop"
        for inner in list_nodes(_inner_side(node))
        if inner["Node Type"] in {"Seq Scan", "CTE Scan", "Function Scan"}
        or (
            "Index Name" in inner
            and leading.get(inner["Index Name"], "") not in inner.get("Index Cond", "")
        )
    ]


def list_probed_indexes(plan: Plan) -> set[str]:
    """Name the indexes that are asked once a row, on the inner sides of nested loops."""
    return {
        inner["Index Name"]
        for node in list_nodes(plan)
        if node["Node Type"] == "Nested Loop"
        for inner in list_nodes(_inner_side(node))
        if "Index Name" in inner
    }


def wait_for_others() -> None:
    """Wait until every transaction that has begun is over, autovacuum's too.

    Whoever follows the ledger waits for them; a test would find nothing yet.
    """
    present = look("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    while look("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") < present:
        time.sleep(0.01)
