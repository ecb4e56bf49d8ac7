"""Finding the person somebody asks about: an account, or a name that nobody has proven yet."""

from dataclasses import dataclass

from django.db import connection

from matricula.lms.accounts.api import get_account
from matricula.lms.identities.api import IdentityName, UnknownIdentity


@dataclass(frozen=True, slots=True)
class Learner:
    """A person: an account, or one identity that waits or is retired."""

    account_id: int | None
    username: str | None
    identity_id: int | None = None


NAMED = """
SELECT i.id, i.account_id, account.username
FROM identity i
LEFT JOIN account ON account.id = i.account_id
WHERE i.kind = %(kind)s AND i.folded = %(folded)s
  AND (i.organization_id = %(organization_id)s
       OR (i.organization_id IS NULL AND %(organization_id)s::bigint IS NULL))
"""


def get_learner(*, username: str) -> Learner:
    """Return the learner with that account, in one query.

    Raises:
        UnknownAccount: there is none.
    """
    account = get_account(username=username)
    return Learner(account_id=account.pk, username=account.username)


def get_named_learner(*, name: IdentityName) -> Learner:
    """Return whoever a school or an address names, in one query: with account or still without.

    Raises:
        UnknownIdentity: nobody has mentioned the name.
    """
    kind, organization_id, folded = name.key
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"kind": kind, "organization_id": organization_id, "folded": folded})
        found = cursor.fetchone()
    if found is None:
        raise UnknownIdentity(f"Nobody has mentioned this {name.kind.label.lower()} yet.")
    identity_id, account_id, username = found
    return Learner(account_id=account_id, username=username, identity_id=identity_id)
