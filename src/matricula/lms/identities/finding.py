"""Finding an identity by its name."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.models import Identity
from matricula.lms.identities.naming import IdentityName, UnknownIdentity
from matricula.lms.kernel.api import Actor


def get_identity(*, name: IdentityName, by: Actor) -> Identity:
    """Return the identity of that name.

    Raises:
        PermissionMissing: the actor may not read enrollments there.
        UnknownIdentity: nobody has mentioned the name.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=name.organization_id)
    kind, organization_id, folded = name.key
    found = Identity.objects.filter(kind=kind, organization=organization_id, folded=folded).first()
    if found is None:
        raise UnknownIdentity(
            _("Nobody has mentioned this %(label)s yet.") % {"label": name.kind.label.lower()}
        )
    return found


IDS = """
SELECT i.id
FROM unnest(%(kinds)s::text[], %(organization_ids)s::bigint[], %(folded)s::text[])
    AS named (kind, organization_id, folded)
JOIN LATERAL (
    SELECT id FROM identity
    WHERE kind = named.kind AND organization_id = named.organization_id AND folded = named.folded
  UNION ALL
    SELECT id FROM identity
    WHERE kind = named.kind AND organization_id IS NULL AND named.organization_id IS NULL
      AND folded = named.folded
) AS i ON true
"""


def list_identity_ids(*, names: Sequence[IdentityName]) -> list[int]:
    """Return the ids of the identities of those names that exist, in one query."""
    params: dict[str, Any] = {
        "kinds": [name.kind.value for name in names],
        "organization_ids": [name.organization_id for name in names],
        "folded": [name.folded for name in names],
    }
    with connection.cursor() as cursor:
        cursor.execute(IDS, params)
        return [id_ for (id_,) in cursor.fetchall()]
