"""Bringing rows to what they should be, in few statements, whatever their number."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Manager, Model

Row = TypeVar("Row", bound=Model)

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Stored(Generic[Row]):
    """Rows by their unique value, and the values of those that were created or changed."""

    rows: Mapping[Any, Row]
    written: frozenset[Any]

    def id_of(self, value: Hashable) -> int:
        """Return the id of the row of that unique value."""
        return int(self.rows[value].pk)


def read_rows(table: Manager[Row], *, unique: str, values: Iterable[Any]) -> dict[Any, Row]:
    """Return the stored rows of those values by value, in one query."""
    found = table.filter(**{f"{unique}__in": list(values)})
    return {getattr(row, unique): row for row in found}


def store_rows(
    table: Manager[Row],
    *,
    unique: str,
    wanted: Mapping[Any, Mapping[str, Any]],
    stored: Mapping[Any, Row],
) -> Stored[Row]:
    """Insert and update, in one statement each, those rows that are not as wanted.

    ``wanted`` maps the unique value to the fields that are said; ``stored`` is what is there.
    """
    rows = {value: stored.get(value) or table.model(**{unique: value}) for value in wanted}
    differing = {value for value, fields in wanted.items() if assign(rows[value], fields)}
    written = differing | (rows.keys() - stored.keys())
    table.bulk_create(
        [row for value, row in rows.items() if value in written],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=[unique],
        update_fields={unique}.union(*wanted.values()),
    )
    return Stored(rows, frozenset(written))


def replace_links(
    table: Manager[Any],
    *,
    ends: tuple[str, str],
    wanted: Mapping[int, Iterable[int]],
    ordered: bool = False,
) -> set[int]:
    """Make the links of each owner exactly those wanted; return the owners whose links changed.

    ``ends`` are the columns of owner and target in the many-to-many table. An ordered one also
    keeps each target's ``position``.
    """
    columns = (*ends, "position") if ordered else ends
    links = {
        (owner, target, position)[: len(columns)]
        for owner, targets in wanted.items()
        for position, target in enumerate(targets)
    }
    found = table.filter(**{f"{ends[0]}__in": list(wanted)})
    stored = {tuple(link): pk for pk, *link in found.values_list("pk", *columns)}
    gone, new = stored.keys() - links, sorted(links - stored.keys())
    if gone:
        table.filter(pk__in=[stored[link] for link in gone]).delete()
    table.bulk_create(
        [table.model(**dict(zip(columns, link, strict=True))) for link in new], batch_size=BATCH
    )
    return {link[0] for link in (*gone, *new)}


def assign(row: Model, fields: Mapping[str, Any]) -> bool:
    """Give the row its fields and tell whether anything changed."""
    differing = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)
