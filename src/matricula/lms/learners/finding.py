"""Finding the person somebody asks about: an account, or a name that nobody has proven yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import UnknownAccount, get_account
from matricula.lms.identities.api import IdentityName, UnknownIdentity
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import list_visible_organizations


@dataclass(frozen=True, slots=True)
class Learner:
    """A person: an account, or one identity that waits or is retired.

    ``joined_at`` is since when the account is there, of somebody who was asked for by it.
    """

    account_id: int | None
    username: str | None
    identity_id: int | None = None
    joined_at: datetime | None = None


NAMED = """
SELECT i.id, i.account_id, account.username
FROM identity i
LEFT JOIN account ON account.id = i.account_id
WHERE i.kind = %(kind)s AND i.folded = %(folded)s
  AND (i.organization_id = %(organization_id)s
       OR (i.organization_id IS NULL AND %(organization_id)s::bigint IS NULL))
"""


OF_SCHOOLS = """
SELECT EXISTS (
    SELECT FROM identity
    WHERE account_id = %(account_id)s AND organization_id = ANY(%(organization_ids)s)
)
"""


def get_learner(*, username: str, by: Actor) -> Learner:
    """Return the learner with that account, in one query for whoever reads everywhere.

    An account that was merged leads to the one that its person goes on with. Everybody finds
    themselves.

    Raises:
        UnknownAccount: there is none, or none of a school the actor may read.
    """
    account = get_account(username=username)
    account = account.merged_into or account
    permitted = list_visible_organizations(by=by, account_id=account.pk)
    if permitted is not None and not _is_of_schools(account.pk, permitted):
        raise UnknownAccount(_("There is no account %(username)r.") % {"username": username})
    return Learner(account_id=account.pk, username=account.username, joined_at=account.date_joined)


def get_named_learner(*, name: IdentityName, by: Actor) -> Learner:
    """Return whoever a school or an address names, with account or still without.

    One query for whoever reads everywhere.

    Raises:
        UnknownIdentity: nobody has mentioned the name, or the actor may not read what it is.
    """
    kind, organization_id, folded = name.key
    if not has_permission(by, Permission.ENROLLMENTS_READ, organization_id=organization_id):
        raise UnknownIdentity(
            _("Nobody has mentioned this %(label)s yet.") % {"label": name.kind.label.lower()}
        )
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"kind": kind, "organization_id": organization_id, "folded": folded})
        found = cursor.fetchone()
    if found is None:
        raise UnknownIdentity(
            _("Nobody has mentioned this %(label)s yet.") % {"label": name.kind.label.lower()}
        )
    identity_id, account_id, username = found
    return Learner(account_id=account_id, username=username, identity_id=identity_id)


def _is_of_schools(account_id: int, organization_ids: Iterable[int]) -> bool:
    params: dict[str, Any] = {"account_id": account_id, "organization_ids": list(organization_ids)}
    with connection.cursor() as cursor:
        cursor.execute(OF_SCHOOLS, params)
        return bool(cursor.fetchone()[0])
