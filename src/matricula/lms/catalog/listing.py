"""Listing programs by what they are: type, status, organization."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Func, QuerySet, TextField, Value
from django.db.models.functions import Lower

from matricula.lms.catalog.models import Program
from matricula.lms.kernel.api import UNSTORABLE

_SEPARATORS = " -_"


@dataclass(frozen=True, slots=True)
class ProgramLink:
    """What it takes to lead somebody to a program."""

    id: int
    uuid: UUID
    slug: str
    key: str
    type: str


def list_programs_by_type(
    *, type_: str | None = "masters", ids: Collection[int] | None = None
) -> list[ProgramLink]:
    """Return the programs of the type by key, all or those of the ids; None is any type.

    Types are the same whatever their letter case and separators: ``micro-masters`` finds
    ``MicroMasters``.
    """
    found = filter_programs(types=None if type_ is None else [type_])
    if ids is not None:
        found = found.filter(pk__in=ids)
    columns = ("pk", "uuid", "slug", "key", "type")
    return [ProgramLink(*row) for row in found.order_by("key").values_list(*columns)]


def filter_programs(
    *,
    types: Iterable[str] | None = None,
    statuses: Iterable[str] | None = None,
    uuids: Collection[UUID] | None = None,
    organization_ids: Collection[int] | None = None,
) -> QuerySet[Program]:
    """Return the programs for which all of this is so; what is None is not asked.

    Types as in ``list_programs_by_type``, statuses whatever their letter case; the organization is
    a program's first.
    """
    found = Program.objects.all()
    if types is not None:
        plain = Func(
            Lower("type"),
            Value(_SEPARATORS),
            Value(""),
            function="translate",
            output_field=TextField(),
        )
        wanted = [_plain(each) for each in types if not UNSTORABLE.search(each)]
        found = found.alias(plain_type=plain).filter(plain_type__in=wanted)
    if statuses is not None:
        lowered = [each.strip().lower() for each in statuses if not UNSTORABLE.search(each)]
        found = found.alias(lowered=Lower("status")).filter(lowered__in=lowered)
    if uuids is not None:
        found = found.filter(uuid__in=uuids)
    if organization_ids is not None:
        found = found.filter(
            programorganization__position=0, programorganization__organization__in=organization_ids
        )
    return found


def _plain(type_: str) -> str:
    return type_.lower().translate(dict.fromkeys(map(ord, _SEPARATORS)))
