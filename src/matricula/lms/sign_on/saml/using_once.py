"""Using an answer once: whoever brings it again is not signed in by it."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction

from matricula.lms.sign_on.models import Provider, SeenAssertion
from matricula.lms.sign_on.saml.answers import SchoolAnswer, UsedAnswer


def use_once(*, provider: Provider, answer: SchoolAnswer) -> None:
    """Mark an answer as used, within the caller's transaction: that of the sign-in itself.

    Raises:
        UsedAnswer: it was used before, or is being used right now.
    """
    seen = SeenAssertion(
        provider=provider,
        digest=sha256(answer.assertion_id.encode()).digest(),
        expires_at=answer.expires_at + timedelta(seconds=settings.SAML_CLOCK_SKEW),
    )
    try:
        with transaction.atomic():
            seen.save(force_insert=True)
    except IntegrityError as error:  # one_sign_in_per_assertion
        raise UsedAnswer("used before") from error


def forget_assertions(*, at: datetime) -> int:
    """Delete what is remembered of assertions that nobody could use any more; return how many."""
    count, _ = SeenAssertion.objects.filter(expires_at__lt=at).delete()
    return count
