"""Loading organizations as a catalog names them, any number at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID, uuid5

import msgspec
from django.db.models import Q
from django.db.models.functions import Lower

from matricula.lms.kernel.api import Invalid
from matricula.lms.organizations.models import Organization

BATCH = 1000

_KEYS = UUID("8a0d5a55-3b0e-4b6c-8f0e-5e1c7f1d9a42")
"""The namespace of uuids made from keys. Never change it: they would be other organizations."""

Said = TypeVar("Said", UUID, str)


class InvalidOrganization(Invalid):
    """What is said of an organization contradicts itself or what is stored."""

    code = "invalid-organization"


class OrganizationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An organization in course-discovery's shape. What is None or blank is not said."""

    key: str
    uuid: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedOrganizations:
    """The ids of the organizations, in the order given, and of those that were written."""

    ids: Sequence[int]
    written_ids: frozenset[int]


def load_organizations(*, organizations: Sequence[OrganizationRecord]) -> LoadedOrganizations:
    """Create and update organizations; what is so already is not written.

    They may be named repeatedly. One without a uuid is found by its key, letter case ignored; a
    new one gets a uuid made from its key, which gives way to the uuid that a later load says.
    Whoever calls has asked for the permission and holds the catalog's lock.

    Raises:
        InvalidOrganization: a key is blank, or records contradict each other or what is stored.
    """
    merged = _merge(organizations)
    rows = _find_rows(merged)
    changed = [row for lowered, row in rows.items() if _assign(row, merged[lowered])]
    new = {lowered: _draft(merged[lowered]) for lowered in merged.keys() - rows.keys()}
    Organization.objects.bulk_update(changed, ["uuid", "key", "name"], batch_size=BATCH)
    Organization.objects.bulk_create(new.values(), batch_size=BATCH)
    rows |= new
    return LoadedOrganizations(
        ids=[rows[_lowered(record)].pk for record in organizations],
        written_ids=frozenset(row.pk for row in (*changed, *new.values())),
    )


def _merge(organizations: Sequence[OrganizationRecord]) -> dict[str, OrganizationRecord]:
    """Return one record per lowered key; of several spellings the first holds."""
    merged: dict[str, OrganizationRecord] = {}
    keys_of_uuids: dict[UUID, str] = {}
    for record in dict.fromkeys(organizations):
        lowered = _lowered(record)
        if not lowered:
            raise InvalidOrganization("An organization has a blank key.")
        if record.uuid and keys_of_uuids.setdefault(record.uuid, lowered) != lowered:
            other = merged[keys_of_uuids[record.uuid]].key
            message = f"Organizations {other!r} and {record.key!r} have one uuid, {record.uuid}."
            raise InvalidOrganization(message)
        known = merged.get(lowered, OrganizationRecord(key=record.key.strip()))
        merged[lowered] = OrganizationRecord(
            key=known.key,
            uuid=_agreed(known.uuid, record.uuid, of=known.key, what="uuids"),
            name=_agreed(known.name, (record.name or "").strip(), of=known.key, what="names"),
        )
    return merged


def _agreed(first: Said | None, second: Said | None, *, of: str, what: str) -> Said | None:
    if first and second and first != second:
        message = f"Organization {of!r} has two {what}: {first} and {second}."
        raise InvalidOrganization(message)
    return first or second


def _find_rows(merged: Mapping[str, OrganizationRecord]) -> dict[str, Organization]:
    """Return the stored row of each record that has one, by lowered key."""
    uuids = {record.uuid for record in merged.values() if record.uuid}
    made = {lowered: uuid5(_KEYS, lowered) for lowered in merged}
    stored = Organization.objects.annotate(lowered=Lower("key")).filter(
        Q(lowered__in=list(merged)) | Q(uuid__in=[*uuids, *made.values()])
    )
    by_key = {row.key.lower(): row for row in stored}
    by_uuid = {row.uuid: row for row in stored}
    rows: dict[str, Organization] = {}
    for lowered, record in merged.items():
        holder = by_key.get(lowered)
        named = by_uuid.get(record.uuid) if record.uuid else None
        if named and holder and named != holder:
            _refuse_key(record, holder)
        if named is None and holder and record.uuid and holder.uuid != made[lowered]:
            _refuse_key(record, holder)
        if row := named or holder or by_uuid.get(made[lowered]):
            rows[lowered] = row
    return rows


def _refuse_key(record: OrganizationRecord, holder: Organization) -> None:
    message = f"Key {record.key!r} of organization {record.uuid} is that of {holder.uuid} already."
    raise InvalidOrganization(message)


def _assign(row: Organization, record: OrganizationRecord) -> bool:
    """Give the row what the record says and tell whether anything changed."""
    before = (row.uuid, row.key, row.name)
    row.uuid = record.uuid or row.uuid
    row.key = record.key
    row.name = record.name or row.name
    return before != (row.uuid, row.key, row.name)


def _draft(record: OrganizationRecord) -> Organization:
    uuid = record.uuid or uuid5(_KEYS, _lowered(record))
    return Organization(uuid=uuid, key=record.key, name=record.name or "")


def _lowered(record: OrganizationRecord) -> str:
    return record.key.strip().lower()
