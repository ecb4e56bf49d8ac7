"""Retiring a person: their names go from everywhere, and what they did stays countable (ADR 0018).

Each app erases from its own tables; here is who comes when.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, require_permission, revoke_all_roles
from matricula.lms.accounts.api import (
    Account,
    empty_account,
    list_merged_accounts,
    lock_person,
)
from matricula.lms.addresses.api import (
    erase_addresses,
    forget_mail_to,
    list_addresses_to_erase,
)
from matricula.lms.clients.api import end_clients, end_sessions, end_tokens
from matricula.lms.identities.api import (
    RetiredNames,
    erase_from_resolutions,
    hash_name,
    require_reason,
    retire_identities,
)
from matricula.lms.kept_answers.api import erase_from_answers
from matricula.lms.kernel.api import Actor, Conflict, fold
from matricula.lms.ledger.api import Names, erase_from_ledger, recorded
from matricula.lms.people.forgetting import erase_from_admin_log, erase_from_queue
from matricula.lms.people.masquerading import end_masquerades_of, erase_from_masquerades
from matricula.lms.plans.api import hold_open_plans
from matricula.lms.rosters.api import erase_from_rosters, hold_unfinished_jobs
from matricula.lms.sign_on.api import erase_sign_ons, hold_assertions, list_subjects
from matricula.service.rate_limits.api import erase_counts

KEPT = """
SELECT
    (SELECT count(*) FROM program_enrollment WHERE identity_id = ANY(%(identity_ids)s)),
    (SELECT count(*) FROM course_enrollment WHERE identity_id = ANY(%(identity_ids)s)),
    (SELECT count(*) FROM course_role WHERE identity_id = ANY(%(identity_ids)s)),
    (SELECT count(*) FROM grade WHERE account_id = ANY(%(account_ids)s))
"""

WHY_KEPT = {
    "program_enrollments": "the school's own record and its counts; of a hash, not of a name",
    "course_enrollments": "the school's own record and its counts; of a hash, not of a name",
    "course_roles": "who had a say in a course stays countable; of a hash, not of a name",
    "grades": "results of a course run stay countable; of an account without a name",
}


class AccountMerged(Conflict):
    """The account was merged into another, which its person goes on with: retire that one."""

    code = "account-merged"


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """How much was erased of each kind; all zero if the person had been retired before."""

    accounts: int = 0
    identities: int = 0
    addresses: int = 0
    sign_ons: int = 0
    roles: int = 0
    clients: int = 0
    tokens: int = 0
    sessions: int = 0
    conflicts: int = 0
    reasons: int = 0
    roster_rows: int = 0
    kept_answers: int = 0
    queued_jobs: int = 0
    mails: int = 0
    log_entries: int = 0
    request_counts: int = 0


class Kept(msgspec.Struct, frozen=True):
    """What stays, how many rows of it, and why."""

    what: str
    count: int
    why: str


class Retirement(msgspec.Struct, frozen=True):
    """What was erased of a person, and what was kept and why."""

    erased: Erased = Erased()
    kept: tuple[Kept, ...] = ()


def retire_account(*, account: Account, by: Actor, at: datetime, reason: str) -> Retirement:
    """Retire the person behind an account, all accounts merged into it included.

    Doing it again changes nothing. Enrollments, grades and history stay and count as before. Some
    tables are read whole, each once: it takes seconds where jobs and answers are large.

    Raises:
        AccountMerged: its person goes on with another account.
        PermissionMissing: the actor may not retire accounts.
        ReasonMissing: there is no reason.
    """
    require_permission(by, Permission.ACCOUNTS_RETIRE)
    require_reason(reason)
    return erase_person(account=account, by=by, at=at, reason=reason)


def erase_person(*, account: Account, by: Actor, at: datetime, reason: str) -> Retirement:
    """Do what ``retire_account`` says, for whoever has asked whether the actor may.

    Raises:
        AccountMerged: their person goes on with another account.
    """
    with recorded(by=by, at=at, reason=reason) as change_set_id:
        people = _lock_all_of(account.pk)
        current = next(each for each in people if each.pk == account.pk)
        if current.merged_into_id is not None:
            raise AccountMerged(
                _("Account %(pk)s was merged into %(merged_into_id)s.")
                % {"pk": account.pk, "merged_into_id": current.merged_into_id}
            )
        if current.retired_at is not None:
            return Retirement()
        return _erase(people, change_set_id=change_set_id, at=at)


def _lock_all_of(account_id: int) -> Sequence[Account]:
    """Lock in the order that docs/architecture.md has: jobs, plans, assertions, then accounts."""
    hold_unfinished_jobs()
    hold_open_plans()
    hold_assertions(account_ids=[account_id, *list_merged_accounts(account_id=account_id)])
    return lock_person(account_id=account_id)


def _erase(people: Sequence[Account], *, change_set_id: int, at: datetime) -> Retirement:
    ids = [account.pk for account in people]
    addresses = list_addresses_to_erase(account_ids=ids)
    subjects = list_subjects(account_ids=ids)
    own = {each.email for each in people if each.email}
    proven = {address for address, is_proven in addresses.items() if is_proven}
    retired = retire_identities(account_ids=ids, addresses=own | proven, at=at)
    names = Names([*_list_names(people), *addresses, *subjects, *retired.names])
    erased = Erased(
        accounts=len(people),
        identities=len(retired.replacements),
        conflicts=retired.conflicts,
        addresses=erase_addresses(account_ids=ids),
        sign_ons=erase_sign_ons(account_ids=ids),
        roles=sum(revoke_all_roles(account_id=account_id) for account_id in ids),
        tokens=end_tokens(account_ids=ids),
        clients=end_clients(account_ids=ids),
        sessions=end_sessions(account_ids=ids, names=names),
        reasons=_erase_reasons(names, retired, ids, change_set_id=change_set_id),
        kept_answers=erase_from_answers(names=names),
        queued_jobs=erase_from_queue(names=names),
        mails=forget_mail_to(recipients=sorted({*addresses, *own})),
        log_entries=erase_from_admin_log(names=names, account_ids=ids),
        request_counts=erase_counts(account_ids=ids),
        roster_rows=erase_from_rosters(names=names, student_keys=retired.student_keys),
    )
    end_masquerades_of(account_ids=ids, at=at)
    for account in people:
        empty_account(account_id=account.pk, placeholder=_placeholder(account), at=at)
    return Retirement(erased, _count_kept(retired, ids))


def _erase_reasons(
    names: Names, retired: RetiredNames, account_ids: Collection[int], *, change_set_id: int
) -> int:
    """Overwrite the names in whatever staff have given as a reason for something."""
    in_ledger = erase_from_ledger(
        subject="identity",
        replacements=retired.replacements,
        words=names.words,
        change_set_id=change_set_id,
    )
    in_conflicts = erase_from_resolutions(words=names.words, account_ids=account_ids)
    return in_ledger + in_conflicts + erase_from_masquerades(names=names, account_ids=account_ids)


def _list_names(people: Iterable[Account]) -> list[str]:
    return [name for each in people for name in (each.username, each.email, each.name)]


def _count_kept(retired: RetiredNames, account_ids: Collection[int]) -> tuple[Kept, ...]:
    params = {"identity_ids": list(retired.replacements), "account_ids": list(account_ids)}
    with connection.cursor() as cursor:
        cursor.execute(KEPT, params)
        counts = cursor.fetchone()
    told = zip(WHY_KEPT.items(), counts, strict=True)
    return tuple(Kept(what, count, why) for (what, why), count in told)


def _placeholder(account: Account) -> str:
    return f"{hash_name('username', None, fold(account.username))[:40]}_{account.pk}"
