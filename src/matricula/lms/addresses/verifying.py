"""Verifying an address: what happens when somebody follows the link that was mailed to it."""

from datetime import datetime

import structlog
from allauth.account import app_settings
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import lock_account
from matricula.lms.addresses.models import AddressProof, Answer
from matricula.lms.identities.api import (
    AccountRetired,
    InvalidName,
    Outcome,
    Via,
    bind_identity,
    email_address,
)
from matricula.lms.kernel.api import Actor, NotFound, fold, is_connection_lost

SECONDS_A_DAY = 24 * 60 * 60
TRY_AGAIN = "addresses.answer_proof"
"""The task that does; by its name, for it is defined above this module."""

ANSWERS = {
    Outcome.BOUND: Answer.BOUND,
    Outcome.ALREADY: Answer.BOUND,
    Outcome.REFUSED: Answer.REFUSED,
}

log = structlog.get_logger("matricula.addresses")


class UnknownAddress(NotFound):
    """The account has no such address."""

    code = "address-not-found"


def find_address_of_key(*, key: str) -> EmailAddress | None:
    """Return the address that a mailed link confirms, confirmed already or not.

    None if the link is not one of ours, or too old, or the address was removed since.
    """
    longest = app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS * SECONDS_A_DAY
    try:
        address_id = signing.loads(key, salt=app_settings.SALT, max_age=longest)
    except signing.BadSignature:
        return None
    return EmailAddress.objects.select_related("user").filter(pk=address_id).first()


def verify_address(*, address_id: int, account_id: int, by: Actor, at: datetime) -> Answer | None:
    """Take it that the account's person reads what is sent to an address, and bind its identity.

    Returns what became of it, None if that is not known yet: an error in the binding is logged,
    and tried again by a worker; it never fails the verification. Doing it twice changes nothing.

    Raises:
        PermissionMissing: the actor may not assert e-mail addresses.
        UnknownAddress: the account has none of that id.
    """
    require_permission(by, Permission.IDENTITIES_ASSERT)
    with transaction.atomic():
        lock_account(account_id=account_id)
        address = (
            EmailAddress.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=address_id, user_id=account_id)
            .first()
        )
        if address is None:
            raise UnknownAddress("The account has no such address.")
        _mark_verified(address)
        proof, _ = AddressProof.objects.get_or_create(address=address, defaults={"proven_at": at})
        answer = settle_proof(proof=proof, by=by, at=at)
        if answer is None:
            app.configure_task(TRY_AGAIN).defer(proof_id=proof.pk)
        return answer


def settle_proof(*, proof: AddressProof, by: Actor, at: datetime) -> Answer | None:
    """Bind the identity of a proven address, once; None if it did not work this time.

    Within the caller's transaction, which holds the account's row.
    """
    if proof.answer is not None:
        return Answer(proof.answer)
    try:
        with transaction.atomic():
            answer = _bind(proof.address, by=by, at=at)
    except Exception as error:
        if is_connection_lost(error):
            raise
        log.exception("address not bound", proof=proof.pk, account_id=proof.address.user_id)
        proof.tries += 1
        proof.save(update_fields=["tries"])
        return None
    proof.answer, proof.answered_at = answer, at
    proof.save(update_fields=["answer", "answered_at"])
    log.info("address answered", proof=proof.pk, answer=answer.value)
    return answer


def _mark_verified(address: EmailAddress) -> None:
    """Mark it, unless another account has it so already: that is left to support."""
    if not address.verified:
        try:
            with transaction.atomic():
                address.verified = True
                address.save(update_fields=["verified"])
        except IntegrityError:  # unique_verified_email
            address.verified = False
            return
    address.set_as_primary(conditional=True)


def _bind(address: EmailAddress, *, by: Actor, at: datetime) -> Answer:
    """Bind what was mailed to: an address in another spelling has not been proven."""
    if fold(address.email) != address.email:
        return Answer.UNUSABLE
    try:
        bound = bind_identity(
            name=email_address(address.email),
            account_id=address.user_id,
            via=Via.VERIFIED_EMAIL,
            by=by,
            at=at,
        )
    except (AccountRetired, InvalidName) as refusal:
        log.warning("address cannot be bound", address_id=address.pk, code=refusal.code)
        return Answer.UNUSABLE
    return ANSWERS[bound.outcome]
