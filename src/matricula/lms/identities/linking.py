"""Linking by staff: unbinding, rebinding, and resolving a conflict. Each needs a reason."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import lock_account
from matricula.lms.identities.binding import AccountRetired, require_reason
from matricula.lms.identities.conflicts import UnknownConflict, close_conflicts, get_open_conflict
from matricula.lms.identities.models import Identity, Kind, Via
from matricula.lms.identities.naming import IdentityName, UnknownIdentity
from matricula.lms.kernel.api import Actor, Conflict
from matricula.lms.ledger.api import recorded


class NotBound(Conflict):
    """The identity is not bound to any account."""

    code = "not-bound"


class NotMovable(Conflict):
    """An account's own identity, or a retired one, stays as it is."""

    code = "not-movable"


class HolderChanged(Conflict):
    """The identity is another's by now than when somebody decided on it."""

    code = "holder-changed"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose an identity was when somebody looked; without an account nobody's."""

    account_id: int | None


def unbind_identity(*, name: IdentityName, by: Actor, at: datetime, reason: str) -> int:
    """Take an identity from its account, and return that account's id.

    What was made for the name waits again.

    Raises:
        NotBound: it is no account's.
        NotMovable: it is an account's own, or retired.
        PermissionMissing: the actor may not link identities there.
        ReasonMissing: there is no reason.
        UnknownIdentity: nobody has mentioned the name.
    """
    _require_linking(name, by=by, reason=reason)
    with recorded(by=by, at=at, reason=reason):
        identity = _lock(name)
        if identity.account_id is None:
            message = _("The identity is not bound to any account.")
            raise NotBound(message)
        _set_account(identity, None, at=at)
        return identity.account_id


def rebind_identity(
    *, name: IdentityName, account_id: int, by: Actor, at: datetime, reason: str
) -> int | None:
    """Move an identity to another account, and return whose it was (None: nobody's).

    With it go all enrollments made for it, at once. Open conflicts in which the account claimed it
    are resolved. An identity that is the account's already is left as it is.

    Raises:
        AccountRetired: the account cannot take identities any more.
        NotMovable: it is an account's own, or retired.
        PermissionMissing: the actor may not link identities there.
        ReasonMissing: there is no reason.
        UnknownAccount: there is no such account.
        UnknownIdentity: nobody has mentioned the name.
    """
    _require_linking(name, by=by, reason=reason)
    with recorded(by=by, at=at, reason=reason):
        _require_living(account_id)
        return _move(_lock(name), account_id, at=at, reason=reason)


def resolve_conflict(
    *,
    conflict_id: int,
    rebind: bool,
    by: Actor,
    at: datetime,
    reason: str,
    seen: Holder | None = None,
) -> None:
    """End a conflict: by moving the identity to the claimant, or by leaving it with its holder.

    Whoever was shown a holder says whom they have ``seen``; without, any will do.

    Raises:
        HolderChanged: by now it is another's than was seen.
        PermissionMissing: the actor may link identities nowhere.
        ReasonMissing: there is no reason.
        UnknownConflict: there is no such open conflict, or the actor may not link there.
    """
    require_reason(reason)
    conflict = get_open_conflict(conflict_id=conflict_id, by=by)
    with recorded(by=by, at=at, reason=reason):
        _require_living(conflict.claimant_id)
        identity = Identity.objects.select_for_update(no_key=True).get(pk=conflict.identity_id)
        if seen is not None and seen.account_id != identity.account_id:
            raise HolderChanged(_("The name has changed hands meanwhile."))
        resolution = f"{'rebound' if rebind else 'kept'}: {reason}"
        if not close_conflicts(which=Q(pk=conflict_id), resolution=resolution, at=at):
            raise UnknownConflict(
                _("Conflict %(conflict_id)s was resolved by somebody else just now.")
                % {"conflict_id": conflict_id}
            )
        if rebind:
            _move(identity, conflict.claimant_id, at=at, reason=reason)


def _require_linking(name: IdentityName, *, by: Actor, reason: str) -> None:
    require_permission(by, Permission.IDENTITIES_LINK, organization_id=name.organization_id)
    require_reason(reason)


def _require_living(account_id: int) -> None:
    """Lock the account, before any identity, so that it cannot be retired or merged meanwhile."""
    account = lock_account(account_id=account_id)
    if account.retired_at is not None:
        raise AccountRetired(_("Account %(account_id)s is retired.") % {"account_id": account_id})
    if account.merged_into_id is not None:
        raise AccountRetired(
            _("Account %(account_id)s is merged into %(merged_into_id)s.")
            % {"account_id": account_id, "merged_into_id": account.merged_into_id}
        )


def _lock(name: IdentityName) -> Identity:
    kind, organization_id, folded = name.key
    identity = (
        Identity.objects.select_for_update(no_key=True)
        .filter(kind=kind, organization=organization_id, folded=folded)
        .first()
    )
    if identity is None:
        message = _("Nobody has mentioned this %(label)s yet.") % {
            "label": Kind(kind).label.lower()
        }
        raise UnknownIdentity(message)
    if identity.kind == Kind.ACCOUNT or identity.retired_at is not None:
        message = _("An account's own identity, or a retired one, stays as it is.")
        raise NotMovable(message)
    return identity


def _move(identity: Identity, account_id: int, *, at: datetime, reason: str) -> int | None:
    close_conflicts(
        which=Q(identity=identity, claimant=account_id),
        resolution=f"rebound: {reason}",
        at=at,
    )
    if identity.account_id != account_id:
        _set_account(identity, account_id, at=at)
    return identity.account_id


def _set_account(identity: Identity, account_id: int | None, *, at: datetime) -> None:
    Identity.objects.filter(pk=identity.pk).update(
        account=account_id,
        bound_at=None if account_id is None else at,
        bound_via=None if account_id is None else Via.STAFF,
    )
