"""E-mail addresses: what one looks like, whose each is, and which were retired."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection

from matricula.lms.identities.models import Identity, Kind
from matricula.lms.identities.naming import IdentityName, email_address
from matricula.lms.identities.retiring import hash_name
from matricula.lms.kernel.api import UNSTORABLE, Unavailable, fold

# The number behind the hash sorts after it, and before anything that goes on with a letter.
RETIRED = """
SELECT r.hashed
FROM unnest(%(hashes)s::text[]) AS r (hashed)
JOIN LATERAL (
    SELECT 1 FROM identity
    WHERE kind = 'email' AND organization_id IS NULL
      AND folded > r.hashed AND folded < r.hashed || 'z' AND value = r.hashed
    LIMIT 1
) AS retired ON true
"""


def find_address(text: str) -> IdentityName | None:
    """Return the name that a text is if it is an e-mail address that can be stored, or None."""
    name = email_address(text)
    try:
        validate_email(name.stored)
    except ValidationError:
        return None
    return None if name.find_fault() else name


def map_accounts_of_addresses(*, addresses: Iterable[str]) -> dict[str, int]:
    """Return the ids of the accounts that have proven addresses, by folded address; one query."""
    found = Identity.objects.filter(
        kind=Kind.EMAIL,
        organization=None,
        folded__in={fold(each) for each in addresses if not UNSTORABLE.search(each)},
        account__isnull=False,
    )
    return dict(found.values_list("folded", "account_id"))


def list_retired_addresses(*, addresses: Iterable[str]) -> frozenset[str]:
    """Return which of the addresses, folded, are of people who were retired; one query.

    None where the key of their hashes is not set: without it nobody can have been retired.
    """
    try:
        hashes = {hash_name(Kind.EMAIL, None, fold(each)): fold(each) for each in addresses}
    except Unavailable:
        return frozenset()
    params: dict[str, Any] = {"hashes": list(hashes)}
    with connection.cursor() as cursor:
        cursor.execute(RETIRED, params)
        return frozenset(hashes[hashed] for (hashed,) in cursor.fetchall())
