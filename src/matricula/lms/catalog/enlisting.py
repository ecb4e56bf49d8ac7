"""The rows of programs themselves: their fields, and which key and mode they get."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast, Lower

from matricula.lms.catalog.gathering import Fields, refusal_of, texts
from matricula.lms.catalog.models import Program
from matricula.lms.catalog.records import ProgramRecord
from matricula.lms.catalog.storing import Stored, store_rows

_MODES_BY_TYPE = {"masters": "masters"}
_USUAL_MODE = "verified"


def store_programs(
    records: Sequence[ProgramRecord], *, stored: Mapping[UUID, Program]
) -> Stored[Program]:
    """Create and update the programs' own rows; ``stored`` are those that are there.

    Raises:
        InvalidCatalog: a key is another program's, or nothing is said of a new program.
    """
    for record in records:
        if record.is_reference and record.uuid not in stored:
            raise refusal_of(record, "it is not stored, and nothing but its uuid is said")
    keys = _choose_keys(records, stored)
    wanted = {
        record.uuid: _list_fields(record, stored.get(record.uuid), key=keys[record.uuid])
        for record in records
    }
    _release_keys(stored, keys)
    return store_rows(Program.objects, unique="uuid", wanted=wanted, stored=stored)


def _choose_keys(
    records: Sequence[ProgramRecord], stored: Mapping[UUID, Program]
) -> dict[UUID, str]:
    """Return each program's key: the one said, else the one it has, else its slug or its uuid."""
    keys = {}
    for record in records:
        known = stored.get(record.uuid)
        if key := (record.key or "").strip() or (known.key if known else ""):
            keys[record.uuid] = key
    slugs = {
        record.uuid: (record.marketing_slug or "").strip()
        for record in records
        if record.uuid not in keys
    }
    taken = _map_keys_of_others(records, [*keys.values(), *slugs.values()])
    for record in records:
        if record.uuid in keys:
            holder = taken.setdefault(keys[record.uuid].lower(), record.uuid)
            if holder != record.uuid:
                raise refusal_of(record, f"its key {keys[record.uuid]!r} is that of {holder}")
    for uuid, slug in slugs.items():
        is_fit = bool(slug) and ":" not in slug and taken.setdefault(slug.lower(), uuid) == uuid
        keys[uuid] = slug if is_fit else str(uuid)
    return keys


def _map_keys_of_others(records: Sequence[ProgramRecord], keys: Sequence[str]) -> dict[str, UUID]:
    """Return which of the keys, lowered, are of stored programs that this load leaves alone."""
    found = (
        Program.objects.annotate(lowered=Lower("key"))
        .filter(lowered__in={key.lower() for key in keys})
        .values_list("lowered", "uuid")
    )
    loaded = {record.uuid for record in records}
    return {lowered: uuid for lowered, uuid in found if uuid not in loaded}


def _list_fields(record: ProgramRecord, stored: Program | None, *, key: str) -> Fields:
    fields = texts(
        title=record.title,
        type=record.type,
        status=record.status,
        slug=record.marketing_slug,
        marketing_url=record.marketing_url,
    )
    return {**fields, "key": key, "mode": _choose_mode(record, stored, type_=fields.get("type"))}


def _choose_mode(record: ProgramRecord, stored: Program | None, *, type_: str | None) -> str:
    if record.mode:
        return record.mode
    if stored and type_ in {None, stored.type}:
        return stored.mode
    return _MODES_BY_TYPE.get((type_ or "").lower(), _USUAL_MODE)


def _release_keys(stored: Mapping[UUID, Program], keys: Mapping[UUID, str]) -> None:
    """Let go of keys that change, so that two programs may exchange theirs in one statement."""
    changing = [row.pk for uuid, row in stored.items() if row.key != keys[uuid]]
    if changing:
        Program.objects.filter(pk__in=changing).update(key=Cast("uuid", TextField()))
