"""Finding an identity by its name."""

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
        raise UnknownIdentity(f"Nobody has mentioned this {name.kind.label.lower()} yet.")
    return found
