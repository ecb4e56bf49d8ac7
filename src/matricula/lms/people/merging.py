"""Merging: one of a person's two accounts gets all that the other one held (ADR 0019)."""

from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, require_permission, revoke_all_roles
from matricula.lms.accounts.api import (
    Account,
    UnknownAccount,
    close_merged_account,
    list_merged_accounts,
    lock_accounts,
)
from matricula.lms.addresses.api import move_addresses
from matricula.lms.clients.api import end_sessions, end_tokens, is_client
from matricula.lms.grades.api import move_grades
from matricula.lms.identities.api import AccountRetired, move_identities, require_reason
from matricula.lms.kernel.api import Actor, Conflict, Invalid
from matricula.lms.ledger.api import recorded
from matricula.lms.people.masquerading import end_masquerades_of
from matricula.lms.sign_on.api import hold_assertions, move_sign_ons


class SameAccount(Invalid):
    """An account cannot be merged into itself."""

    code = "same-account"


class NotMergeable(Conflict):
    """One of the accounts is a program's, or a merge before this one stands against it."""

    code = "not-mergeable"


class Merger(msgspec.Struct, frozen=True, kw_only=True):
    """What went over; all zero if the accounts had been merged before.

    Where both had a grade in a course run, the better one stays: a passing one, then the higher
    percent, then the later. ``grades_replaced`` took the place of a worse one of the account that
    remains, ``grades_dropped`` were the worse ones themselves. Roles never go over.
    """

    identities: int = 0
    addresses: int = 0
    sign_ons: int = 0
    conflicts: int = 0
    grades: int = 0
    grades_replaced: int = 0
    grades_dropped: int = 0
    roles_ended: int = 0
    tokens_ended: int = 0
    sessions_ended: int = 0


def merge_accounts(
    *,
    source: Account,
    into: Account,
    by: Actor,
    at: datetime,
    reason: str,
    is_plan: bool = False,
) -> Merger:
    """Give one account all that the other one holds, and close that one.

    All or nothing; doing it again changes nothing. A plan undoes it at the end, and tells what it
    would be. What was made for a name goes with it at once,
    and with the account's own identity what was granted to the account itself.

    Raises:
        AccountRetired: one of them is retired.
        NotMergeable: one of them is a program's; or one was merged already, or is what a third one
            was merged into and would be no longer there for it.
        PermissionMissing: the actor may not merge accounts.
        ReasonMissing: there is no reason.
        SameAccount: they are one.
        UnknownAccount: one of them is gone.
    """
    require_permission(by, Permission.ACCOUNTS_MERGE)
    require_reason(reason)
    if source.pk == into.pk:
        raise SameAccount(_("An account cannot be merged into itself."))
    with recorded(by=by, at=at, reason=reason):
        hold_assertions(account_ids=[source.pk, into.pk])
        source, into = _lock(source, into)
        if source.merged_into_id == into.pk and source.retired_at is None:
            return Merger()
        _require_mergeable(source, into)
        merged = _merge(source.pk, into.pk, at=at, reason=reason)
        if is_plan:
            transaction.set_rollback(True)
        return merged


def _lock(source: Account, into: Account) -> tuple[Account, Account]:
    found = {each.pk: each for each in lock_accounts(account_ids=[source.pk, into.pk])}
    if len(found) < 2:  # noqa: PLR2004  both
        raise UnknownAccount(_("One of the accounts is gone."))
    return found[source.pk], found[into.pk]


def _require_mergeable(source: Account, into: Account) -> None:
    for account in (source, into):
        if account.retired_at is not None:
            raise AccountRetired(_("Account %(pk)s is retired.") % {"pk": account.pk})
        if account.merged_into_id is not None:
            raise NotMergeable(
                _("Account %(pk)s was merged into %(merged_into_id)s before.")
                % {"pk": account.pk, "merged_into_id": account.merged_into_id}
            )
    if not into.is_active:
        raise NotMergeable(
            _("Account %(pk)s is closed: nobody could go on with it.") % {"pk": into.pk}
        )
    if list_merged_accounts(account_id=source.pk):
        raise NotMergeable(
            _("Another account was merged into %(source)s; merge %(into)s into it instead.")
            % {"source": source.pk, "into": into.pk}
        )
    if is_client(account_ids=[source.pk, into.pk]):
        raise NotMergeable(_("One of the accounts is a program's, not a person's."))


def _merge(source_id: int, into_id: int, *, at: datetime, reason: str) -> Merger:
    moved = move_identities(source_id=source_id, into_id=into_id, at=at, reason=reason)
    addresses = move_addresses(source_id=source_id, into_id=into_id)
    sign_ons = move_sign_ons(source_id=source_id, into_id=into_id)
    grades = move_grades(source_id=source_id, into_id=into_id)
    close_merged_account(account_id=source_id, into_id=into_id)
    end_masquerades_of(account_ids=[source_id], at=at)
    return Merger(
        identities=moved.identities,
        addresses=addresses,
        sign_ons=sign_ons,
        conflicts=moved.conflicts,
        grades=grades.moved,
        grades_replaced=grades.replaced,
        grades_dropped=grades.dropped,
        roles_ended=revoke_all_roles(account_id=source_id),
        tokens_ended=end_tokens(account_ids=[source_id]),
        sessions_ended=end_sessions(account_ids=[source_id]),
    )
