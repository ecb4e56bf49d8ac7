"""What a test sees of the database: rows, changes, and the plans of the statements that ran."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.ledger.api import Change

LEDGERED = ("identity", "program_enrollment", "course_enrollment", "course_role")

Plan = dict[str, Any]


def look(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def run(statement: str, *params: Any) -> None:
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
    return {table: look(f"SELECT count(*) FROM {table}")[0][0] for table in list_tables()}  # noqa: S608


def read_all() -> dict[str, list[str]]:
    return {
        table: [text for (text,) in look(f"SELECT t::text FROM {table} t ORDER BY 1")]  # noqa: S608
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


@contextmanager
def planning(*starts: str) -> Iterator[list[Plan]]:
    """Collect the plan of every statement that starts so, made just before it runs."""
    plans: list[Plan] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if sql.strip().startswith(starts):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                found = cursor.fetchone()[0]
            plans.append((msgspec.json.decode(found) if isinstance(found, str) else found)[0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


def list_nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from list_nodes(child)


def list_quadratic_nodes(plan: Plan) -> list[str]:
    """Name what would be read whole again for every row of the other side of a nested loop."""
    return [
        f"{inner['Node Type']} on {inner.get('Relation Name') or inner.get('CTE Name') or inner.get('Alias')}"
        for node in list_nodes(plan)
        if node["Node Type"] == "Nested Loop"
        for inner in list_nodes(node["Plans"][1])
        if inner["Node Type"] in {"Seq Scan", "CTE Scan", "Function Scan"}
        or ("Index" in inner["Node Type"] and "Index Cond" not in inner)
    ]


def list_probed_indexes(plan: Plan) -> set[str]:
    """Name the indexes that are asked once a row, on the inner sides of nested loops."""
    return {
        inner["Index Name"]
        for node in list_nodes(plan)
        if node["Node Type"] == "Nested Loop"
        for inner in list_nodes(node["Plans"][1])
        if "Index Name" in inner
    }
