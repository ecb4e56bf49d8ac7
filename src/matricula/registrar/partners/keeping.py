"""Keeping organizations and programs in step with the LMS's catalog. Nothing is ever dropped."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, models, transaction

from matricula.lms_client.api import Organization as CatalogOrganization
from matricula.lms_client.api import Program as CatalogProgram
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.asking import require_permission
from matricula.registrar.partners.listing import map_program_ids
from matricula.registrar.partners.models import Organization, Program
from matricula.registrar.partners.roles import Permission

# A key that the catalog now gives to another uuid leaves the row that had it, so that no role
# passes to a namesake. A colon is in no key, so the row can be reached by no address.
RELEASE_KEYS = """
UPDATE {table} AS kept SET key = kept.key || ':' || kept.uuid
FROM unnest(%(uuids)s::uuid[], %(keys)s::text[]) AS said (uuid, key)
WHERE kept.key = said.key AND kept.uuid <> said.uuid
"""


@transaction.atomic
def keep_programs(*, programs: Sequence[CatalogProgram], by: Actor) -> dict[UUID, int]:
    """Insert or update programs and their organizations, and return the ids by uuid.

    A handful of statements, whatever the number; idempotent.

    Raises:
        PermissionMissing: the actor may not.
    """
    require_permission(by, Permission.CATALOG_SYNC)
    organizations = _keep_organizations(
        each for program in programs for each in program.authoring_organizations[:1]
    )
    _release_keys(Program, [(each.uuid, each.key) for each in programs])
    rows = [
        Program(
            uuid=each.uuid,
            key=each.key,
            title=each.title or "",
            type=each.type or "",
            url=each.marketing_url or "",
            organization_id=organizations[each.authoring_organizations[0].uuid]
            if each.authoring_organizations
            else None,
        )
        for each in programs
    ]
    _upsert(Program, rows, ["key", "title", "type", "url", "organization"])
    return map_program_ids(each.uuid for each in programs)


def _keep_organizations(found: Iterable[CatalogOrganization]) -> dict[UUID, int]:
    said = {each.uuid: each for each in found}
    _release_keys(Organization, [(each.uuid, each.key) for each in said.values()])
    rows = [
        Organization(uuid=each.uuid, key=each.key, name=each.name or "") for each in said.values()
    ]
    _upsert(Organization, rows, ["key", "name"])
    known = Organization.objects.filter(uuid__in=said)
    return dict(known.values_list("uuid", "pk"))


def _release_keys(model: type[models.Model], said: list[tuple[UUID, str]]) -> None:
    statement = RELEASE_KEYS.format(table=model._meta.db_table)  # noqa: SLF001  Django's own way
    uuids, keys = [uuid for uuid, _ in said], [key for _, key in said]
    with connection.cursor() as cursor:
        cursor.execute(statement, {"uuids": uuids, "keys": keys})


def _upsert(model: type[models.Model], rows: Sequence[models.Model], fields: list[str]) -> None:
    model._default_manager.bulk_create(  # noqa: SLF001  Django's own way
        rows, update_conflicts=True, unique_fields=["uuid"], update_fields=fields
    )
