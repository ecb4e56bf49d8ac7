"""Settling what a provider asserted: its student key is bound to the account that signed in.

It never fails a sign-in. A refusal is an answer, and kept. An unexpected error is rolled back by
itself and logged; a task tries again, and a sweep finds what no task is left for.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from matricula.lms.identities.api import (
    AccountRetired,
    IdentityName,
    Outcome,
    Via,
    bind_identity,
    find_bound_id,
    release_identity,
    student_key,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.sign_on.models import Assertion, OnChangedKey, Settlement
from matricula.lms.sign_on.signing_in import speak_for

SWEPT_AT_ONCE = 500
LEFT_ALONE = timedelta(minutes=5)
"""How long the tasks have before the sweep takes an assertion up."""

REKEYED = "the school calls the same person by another key now"

log = structlog.get_logger("matricula.sign_on")


def try_to_settle(*, social_account_id: int, at: datetime, request_id: str = "") -> Settlement:
    """Settle an assertion; what goes wrong is logged, and answered as ``UNSETTLED``."""
    try:
        return settle_assertion(social_account_id=social_account_id, at=at, request_id=request_id)
    except Exception as error:
        log.exception("assertion unsettled", social_account=social_account_id, exc_info=error)
        _count_try(social_account_id)
        return Settlement.UNSETTLED


def settle_assertion(*, social_account_id: int, at: datetime, request_id: str = "") -> Settlement:
    """Bind the student key that was last asserted for a social account, by its school's rule.

    All or nothing, and safe to run again. Inactive accounts and those who are gone are left.
    """
    with transaction.atomic():
        assertion = (
            Assertion.objects.select_for_update(of=("self",))
            .select_related("provider", "social_account__user", "accepted")
            .filter(social_account=social_account_id)
            .first()
        )
        if assertion is None or assertion.settlement != Settlement.UNSETTLED:
            return Settlement(assertion.settlement) if assertion else Settlement.NO_KEY
        if assertion.social_account.user.is_active:
            by = speak_for(assertion.provider, request_id=request_id)
            assertion.settlement = _settle(assertion, by=by, at=at)
            assertion.save(update_fields=["settlement", "accepted"])
    return Settlement(assertion.settlement)


def settle_left_ones(*, at: datetime) -> int:
    """Settle what was left unsettled for a while, and return how many could be."""
    found = Assertion.objects.filter(
        settlement=Settlement.UNSETTLED,
        asserted_at__lt=at - LEFT_ALONE,
        social_account__user__is_active=True,
    )
    ids = found.order_by("tries", "asserted_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    answers = [try_to_settle(social_account_id=each, at=at) for each in list(ids)]
    return sum(answer is not Settlement.UNSETTLED for answer in answers)


def _settle(assertion: Assertion, *, by: Actor, at: datetime) -> Settlement:
    if not assertion.asserted_key.strip():
        return Settlement.NO_KEY
    provider, account_id = assertion.provider, assertion.social_account.user_id
    name = student_key(assertion.asserted_key, organization_id=provider.organization_id)
    if name.find_fault():
        return Settlement.UNUSABLE_KEY
    is_changed = assertion.accepted is not None and assertion.accepted.folded != name.folded
    leaves = is_changed and provider.on_changed_key == OnChangedKey.REFUSE
    if leaves and find_bound_id(name=name, account_id=account_id, by=by) is None:
        return Settlement.CHANGED
    if not _bind(name, account_id, reason=REKEYED if is_changed else "", by=by, at=at):
        return Settlement.CONFLICT
    if is_changed and provider.on_changed_key == OnChangedKey.MOVE:
        assert assertion.accepted_id is not None  # noqa: S101  is_changed says so
        release_identity(
            identity_id=assertion.accepted_id, account_id=account_id, by=by, at=at, reason=REKEYED
        )
    assertion.accepted_id = find_bound_id(name=name, account_id=account_id, by=by)
    return Settlement.BOUND


def _bind(name: IdentityName, account_id: int, *, reason: str, by: Actor, at: datetime) -> bool:
    try:
        binding = bind_identity(
            name=name, account_id=account_id, via=Via.SIGN_ON, by=by, at=at, reason=reason
        )
    except AccountRetired:  # while they signed in
        return False
    return binding.outcome is not Outcome.REFUSED


def _count_try(social_account_id: int) -> None:
    Assertion.objects.filter(pk=social_account_id).update(tries=F("tries") + 1)
