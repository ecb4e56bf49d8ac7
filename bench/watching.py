"""Which statements Django sends, and how PostgreSQL would run them."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Statement:
    """A statement as it was sent, with its parameters."""

    sql: str
    params: Any


def list_statements(work: Callable[[], object]) -> list[Statement]:
    """Return what the work sends, in order; BEGIN and COMMIT are the driver's and do not count."""
    seen: list[Statement] = []

    def watch(
        execute: Callable[..., object],
        sql: str,
        params: object,
        many: bool,  # noqa: FBT001  Django's signature
        context: object,
    ) -> object:
        seen.append(Statement(sql, params))
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(watch))
        work()
    return seen


def list_scanned(statement: Statement) -> list[str]:
    """Return the tables that PostgreSQL would read from one end to the other."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.params)
        (explained,) = cursor.fetchone()
    plans = json.loads(explained) if isinstance(explained, str) else explained
    return [
        node["Relation Name"]
        for plan in plans
        for node in _walk(plan["Plan"])
        if node["Node Type"] == "Seq Scan"
    ]


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _walk(child)
