"""Sweeping: what was proven and is not bound yet is bound now, so that nothing is ever lost."""

from datetime import datetime

from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import lock_account
from matricula.lms.addresses.models import AddressProof, Answer
from matricula.lms.addresses.verifying import settle_proof
from matricula.lms.kernel.api import Actor

AT_ONCE = 500
"""Proofs that one sweep takes up; the next goes on."""

# An address may have been marked as verified by others than us: a sign-on that may prove it.
PROVE = """
INSERT INTO address_proof (address_id, proven_at, tries)
SELECT e.id, %(at)s, 0 FROM account_emailaddress AS e
WHERE e.verified AND NOT EXISTS (SELECT FROM address_proof AS p WHERE p.address_id = e.id)
ORDER BY e.id
ON CONFLICT (address_id) DO NOTHING
"""

PROVE_OF_ONE = """
INSERT INTO address_proof (address_id, proven_at, tries)
SELECT e.id, %(at)s, 0 FROM account_emailaddress AS e
WHERE e.user_id = %(account_id)s AND e.verified
  AND NOT EXISTS (SELECT FROM address_proof AS p WHERE p.address_id = e.id)
ORDER BY e.id
ON CONFLICT (address_id) DO NOTHING
RETURNING id
"""


def sweep_proofs(*, by: Actor, at: datetime) -> dict[str, int]:
    """Answer the proofs that have no answer, each in a transaction; return how many got which.

    Raises:
        PermissionMissing: the actor may not assert e-mail addresses.
    """
    require_permission(by, Permission.IDENTITIES_ASSERT)
    with connection.cursor() as cursor:
        cursor.execute(PROVE, {"at": at})
    waiting = AddressProof.objects.filter(answered_at=None).order_by("tries", "pk")[:AT_ONCE]
    counted: dict[str, int] = {}
    for proof_id in list(waiting.values_list("pk", flat=True)):
        answer = answer_proof(proof_id=proof_id, by=by, at=at)
        said = answer.value if answer else "unanswered"
        counted[said] = counted.get(said, 0) + 1
    return counted


def answer_proofs_of(*, account_id: int, by: Actor, at: datetime) -> None:
    """Answer what others have marked as verified for an account; what fails is left to sweeps.

    One query if there is nothing.

    Raises:
        PermissionMissing: the actor may not assert e-mail addresses.
    """
    require_permission(by, Permission.IDENTITIES_ASSERT)
    with connection.cursor() as cursor:
        cursor.execute(PROVE_OF_ONE, {"account_id": account_id, "at": at})
        proof_ids = [proof_id for (proof_id,) in cursor.fetchall()]
    for proof_id in proof_ids:
        answer_proof(proof_id=proof_id, by=by, at=at)


def answer_proof(*, proof_id: int, by: Actor, at: datetime) -> Answer | None:
    """Try once to bind what a proof is about; None if that failed again, or it is gone.

    Raises:
        PermissionMissing: the actor may not assert e-mail addresses.
    """
    require_permission(by, Permission.IDENTITIES_ASSERT)
    found = AddressProof.objects.select_related("address").filter(pk=proof_id).first()
    if found is None:
        return None
    with transaction.atomic():
        lock_account(account_id=found.address.user_id)
        proof = (
            AddressProof.objects.select_for_update(of=("self",))
            .select_related("address")
            .filter(pk=proof_id)
            .first()
        )
        return None if proof is None else settle_proof(proof=proof, by=by, at=at)
