"""Masquerading: staff look at the LMS as a learner sees it, for a while, and it is recorded.

Here is who may, and for how long. That nothing is written meanwhile is for whoever answers their
requests.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from matricula.lms.access.api import ROLES, Permission, list_roles, require_permission
from matricula.lms.accounts.api import Account, lock_account
from matricula.lms.clients.api import is_client
from matricula.lms.identities.api import require_reason
from matricula.lms.kernel.api import Actor, Conflict, NotAllowed
from matricula.lms.ledger.api import Names, require_storable_reason
from matricula.lms.people.models import Masquerade

LONGEST = timedelta(hours=1)
AT_ONCE = 500


class NoMasquerade(NotAllowed):
    """Nobody may look as this learner: it would show staff more than their own roles let them."""

    code = "no-masquerade"


class NobodyThere(Conflict):
    """The account is closed, so there is nothing that it sees."""

    code = "account-closed"


class MasqueradeOutline(msgspec.Struct, frozen=True):
    """Who has looked as whom, since when and how long, and why."""

    id: int
    staff_id: int
    staff: str
    learner_id: int
    learner: str
    reason: str
    begun_at: datetime
    ends_at: datetime
    ended_at: datetime | None


def begin_masquerade(
    *, learner: Account, by: Actor, at: datetime, reason: str
) -> MasqueradeOutline:
    """Let the actor look as a learner does, for ``LONGEST`` at most.

    Whatever they had begun before ends with it.

    Raises:
        InvalidReason: the reason cannot be kept.
        NobodyThere: the learner's account is closed.
        NoMasquerade: the learner is the actor, or has a role that the actor lacks.
        PermissionMissing: the actor may not masquerade.
        ReasonMissing: there is no reason.
    """
    require_permission(by, Permission.ACCOUNTS_MASQUERADE)
    require_reason(reason)
    require_storable_reason(reason)
    if by.account_id is None:
        raise NoMasquerade(_("Whoever looks as somebody else needs an account of their own."))
    with transaction.atomic():
        staff = lock_account(account_id=by.account_id)  # a second begin of theirs waits
        learner.refresh_from_db()
        _require_harmless(staff, learner)
        _end_of(staff.pk, at=at)
        begun = Masquerade.objects.create(
            staff=staff, learner=learner, reason=reason, begun_at=at, ends_at=at + LONGEST
        )
    return _outline(begun)


def end_masquerade(*, by: Actor, at: datetime) -> bool:
    """End what the actor has begun; return whether there was anything to end."""
    return by.account_id is not None and _end_of(by.account_id, at=at) > 0


def find_masquerade(*, staff_id: int, at: datetime) -> MasqueradeOutline | None:
    """Return as whom somebody looks right now, or None; one query, and one if it is so.

    None also once the hour is over, the learner is gone, or the permission was taken back.
    """
    found = (
        Masquerade.objects.select_related("staff", "learner")
        .filter(staff=staff_id, ended_at=None, begun_at__lte=at, ends_at__gt=at)
        .filter(staff__is_active=True, learner__is_active=True)
        .first()
    )
    return _outline(found) if found is not None and _may_look(found.staff, found.learner) else None


def list_masquerades(
    *, account: Account, by: Actor, limit: int | None = None
) -> list[MasqueradeOutline]:
    """Return who has looked as somebody, the last first; their own are told to everybody.

    Raises:
        PermissionMissing: the actor may not read enrollments everywhere, and it is not about them.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, account_id=account.pk)
    found = Masquerade.objects.filter(learner=account).select_related("staff", "learner")
    return list(map(_outline, found.order_by("-pk")[:limit]))


def end_masquerades_of(*, account_ids: Collection[int], at: datetime) -> int:
    """End what the accounts have begun, and what others look at as them; return how many."""
    either = Q(staff__in=account_ids) | Q(learner__in=account_ids)
    return Masquerade.objects.filter(either, ended_at=None).update(ended_at=at)


def erase_from_masquerades(*, names: Names, account_ids: Collection[int]) -> int:
    """Overwrite the names in why somebody looked as somebody; return how many reasons had any.

    All of them where one of the accounts is a side, elsewhere those that can only be a name.
    """
    changed = [each for each in Masquerade.objects.iterator() if _erase(each, names, account_ids)]
    Masquerade.objects.bulk_update(changed, ["reason"], batch_size=AT_ONCE)
    return len(changed)


def _erase(found: Masquerade, names: Names, account_ids: Collection[int]) -> bool:
    is_theirs = found.staff_id in account_ids or found.learner_id in account_ids
    reason = (names.erase_any if is_theirs else names.erase_certain)(found.reason)
    is_changed, found.reason = reason != found.reason, reason
    return is_changed


def _end_of(staff_id: int, *, at: datetime) -> int:
    return Masquerade.objects.filter(staff=staff_id, ended_at=None).update(ended_at=at)


def _require_harmless(staff: Account, learner: Account) -> None:
    if staff.pk == learner.pk:
        raise NoMasquerade(_("You are that already."))
    if not learner.is_active or is_client(account_ids=[learner.pk]):
        raise NobodyThere(_("The account is closed, or a program's."))
    if not _may_look(staff, learner):
        raise NoMasquerade(_("The learner has a role that you lack."))


def _may_look(staff: Account, learner: Account) -> bool:
    """Tell whether staff may masquerade, and have every role that the learner has."""
    if learner.is_superuser > staff.is_superuser or learner.is_staff > staff.is_staff:
        return False
    held: dict[int, set[tuple[str, int | None]]] = {staff.pk: set(), learner.pk: set()}
    for role in list_roles(account_ids=held):
        held[role.account_id].add((role.role, role.organization_id))
    everywhere = {role for role, organization_id in held[staff.pk] if organization_id is None}
    return any(
        Permission.ACCOUNTS_MASQUERADE in ROLES[role].permissions for role in everywhere
    ) and all(
        role in everywhere or (role, organization_id) in held[staff.pk]
        for role, organization_id in held[learner.pk]
    )


def _outline(found: Masquerade) -> MasqueradeOutline:
    return MasqueradeOutline(
        id=found.pk,
        staff_id=found.staff_id,
        staff=found.staff.username,
        learner_id=found.learner_id,
        learner=found.learner.username,
        reason=found.reason,
        begun_at=found.begun_at,
        ends_at=found.ends_at,
        ended_at=found.ended_at,
    )
