"""Releasing: a school's sign-on takes back a key that it had bound itself."""

from datetime import datetime

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.models import Identity, Via
from matricula.lms.identities.naming import IdentityName
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import recorded


def find_bound_id(*, name: IdentityName, account_id: int, by: Actor) -> int | None:
    """Return the id of the identity of that name if it is bound to the account.

    Raises:
        PermissionMissing: the actor may not assert identities there.
    """
    require_permission(by, Permission.IDENTITIES_ASSERT, organization_id=name.organization_id)
    kind, organization_id, folded = name.key
    found = Identity.objects.filter(kind=kind, organization=organization_id, folded=folded)
    return found.filter(account=account_id).values_list("pk", flat=True).first()


def release_identity(
    *, identity_id: int, account_id: int, by: Actor, at: datetime, reason: str
) -> bool:
    """Let an identity wait again if a sign-on bound it to the account; return whether it did.

    What staff linked by hand stays, and so does what is another school's.

    Raises:
        InvalidReason: the reason cannot be kept.
        PermissionMissing: the actor may not assert identities of its school.
    """
    require_permission(by, Permission.IDENTITIES_ASSERT, organization_id=by.organization_id)
    with recorded(by=by, at=at, reason=reason):
        bound = Identity.objects.filter(
            pk=identity_id,
            organization=by.organization_id,
            account=account_id,
            bound_via=Via.SIGN_ON,
        )
        return bool(bound.update(account=None, bound_at=None, bound_via=None))
