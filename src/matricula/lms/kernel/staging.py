"""Rows on their way into the database: one statement can then judge and write all of them.

A few rows travel as arrays in the statement itself. Many are copied into a temporary table and
analyzed, because the planner knows nothing of long arrays and falls into nested loops (ADR 0005).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

FEW = 500
"""Rows that go as arrays: below this, making a table costs more than it saves."""

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement finds the rows: ``FROM {relation} AS r``, with ``params``.

    ``columns`` are those of rows that travel as arrays.
    """

    relation: str
    params: Mapping[str, Any]
    columns: Mapping[str, str] = field(default_factory=dict)

    def only(self, *names: str) -> "Source":
        """Return the rows with these columns at least: what is not asked for need not travel."""
        if not self.columns:
            return self
        return _unnest({name: self.columns[name] for name in names}, self.params)


def stage(
    cursor: CursorWrapper,
    *,
    name: str,
    columns: Mapping[str, str],
    values: Mapping[str, Sequence[Any]],
) -> Source:
    """Bring rows to the database and say where they are.

    ``columns`` maps a column's name to its type, ``values`` to its values, all equally long, of
    type str, int, bool or None. The staged rows live until the transaction ends or the name is
    staged again.
    """
    count = len(next(iter(values.values())))
    if count <= FEW:
        return _unnest(columns, {name: as_array(values[name]) for name in columns})
    table = f"staged_{name}"
    fields = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({fields}) ON COMMIT DROP")
    with cursor.copy(f"COPY pg_temp.{table} ({', '.join(columns)}) FROM STDIN") as copy:
        copy.write(_as_copy_text([values[column] for column in columns]))
    cursor.execute(f"ANALYZE pg_temp.{table}")
    return Source(f"pg_temp.{table}", {})


def _unnest(columns: Mapping[str, str], arrays: Mapping[str, str]) -> Source:
    given = ", ".join(f"%({column})s::{kind}[]" for column, kind in columns.items())
    relation = f"(SELECT * FROM unnest({given}) AS given ({', '.join(columns)}))"
    return Source(relation, {name: arrays[name] for name in columns}, columns)


def as_array(column: Sequence[Any]) -> str:
    """Write an array of str, int, bool or None for a parameter that has a cast.

    The driver would look at each value several times.
    """
    if not column or None in column:
        items = ["NULL" if each is None else _as_item(each) for each in column]
        return "{" + ",".join(items) + "}"
    if not isinstance(column[0], str):
        return "{" + ",".join(map(str, column)) + "}"
    whole = '","'.join(column)
    if _is_plain(whole) and whole.count('"') == 2 * (len(column) - 1):  # the marks are ours
        return '{"' + whole + '"}'
    return "{" + ",".join(map(_as_item, column)) + "}"


def _as_item(value: Any) -> str:  # noqa: ANN401  str, int or bool
    return f'"{value.translate(_QUOTED)}"' if isinstance(value, str) else str(value)


def _as_copy_text(columns: Sequence[Sequence[Any]]) -> bytes:
    texts = [_column_as_text(column) for column in columns]
    return ("\n".join(map("\t".join, zip(*texts, strict=True))) + "\n").encode()


def _column_as_text(column: Sequence[Any]) -> list[str]:
    sample = next((value for value in column if value is not None), None)
    if isinstance(sample, str):
        if None not in column and _is_plain("".join(column)):
            return list(column)
        return ["\\N" if value is None else _escaped(value) for value in column]
    return ["\\N" if value is None else str(value) for value in column]


def _escaped(value: str) -> str:
    return value if _is_plain(value) else value.translate(_ESCAPES)


def _is_plain(text: str) -> bool:
    return text.isprintable() and "\\" not in text
