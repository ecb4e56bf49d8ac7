"""Rows come back from the database as they went, by either way."""

from typing import Any

import pytest
from django.db import connection, transaction

from matricula.lms.kernel.api import Lock, Source, as_array, prepared_cursor, stage
from matricula.lms.kernel.staging import FEW

pytestmark = pytest.mark.django_db

COLUMNS = {"n": "int", "word": "text", "flag": "boolean"}
AWKWARD = [
    "a\tb",
    "a\nb",
    "a\r\nb",
    "\\",
    "\\N",
    "\\.",
    "\\t",
    "a\\",
    "",
    " ",
    "''",
    '"{},',
    "%s",
    "ü",
    "😀",
    "NULL",
    None,
]


def bring(words: list[Any]) -> list[tuple[Any, ...]]:
    values = {
        "n": list(range(len(words))),
        "word": words,
        "flag": [(None, True, False)[n % 3] for n in range(len(words))],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        staged: Source = stage(cursor, name="tried", columns=COLUMNS, values=values)
        cursor.execute(f"SELECT * FROM {staged.relation} AS r ORDER BY n", staged.params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def test_a_few_rows_arrive_as_they_are() -> None:
    assert bring(["one", "two"]) == [(0, "one", None), (1, "two", True)]


@pytest.mark.parametrize("count", [len(AWKWARD), FEW, FEW + 1, FEW + 1 + len(AWKWARD)])
def test_awkward_words_arrive_as_they_are(count: int) -> None:
    words = (AWKWARD * (count // len(AWKWARD) + 1))[:count]
    assert [word for _, word, _ in bring(words)] == words


def test_columns_that_nobody_asks_for_stay_behind() -> None:
    values: dict[str, list[Any]] = {"n": [1, 2], "word": ["a", "b"], "flag": [True, None]}
    with connection.cursor() as cursor:
        staged = stage(cursor, name="tried", columns=COLUMNS, values=values).only("word", "n")
        cursor.execute(f"SELECT * FROM {staged.relation} AS r", staged.params)
        assert cursor.fetchall() == [("a", 1), ("b", 2)]
    assert set(staged.params) == {"word", "n"}


def test_a_column_of_nothing_arrives() -> None:
    assert bring([None] * (FEW + 1))[FEW] == (FEW, None, False)


def test_the_same_name_may_be_staged_again_in_one_transaction() -> None:
    with transaction.atomic():
        assert len(bring(["a"] * (FEW + 1))) == FEW + 1
        assert len(bring(["b"] * (FEW + 2))) == FEW + 2


def test_nothing_stays_when_the_transaction_ends() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'staged_tried'")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("int", [3, -1, 0]),
        ("int", [3, None]),
        ("int", []),
        ("int", [Lock.PROGRAM]),
        ("boolean", [True, False]),
        ("boolean", [None, True]),
        ("text", ["a", "b,c", 'd"e']),
    ],
)
def test_an_array_of_any_kind_arrives_as_it_is(kind: str, column: list[Any]) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [as_array(column)])
        assert cursor.fetchone() == (column,)
