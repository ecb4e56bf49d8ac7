"""Answering once: under one key a request is carried out once, however often it is sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction

from matricula.lms.kept_answers.models import KeptAnswer
from matricula.lms.kernel.api import Conflict, Invalid

KEPT_FOR = timedelta(days=7)
KEY_LENGTH = 255
FIRST_MALFUNCTION = 500

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))"


class StillRunning(Conflict):
    """A request with that key is being carried out right now."""

    code = "still-running"


class KeyUsedOtherwise(Invalid):
    """The key was used for another request."""

    code = "idempotency-key-reused"


class InvalidKey(Invalid):
    """The key is blank, too long, or not plain ASCII."""

    code = "invalid-idempotency-key"


class Answered(msgspec.Struct, frozen=True):
    """An answer; ``is_kept`` if it was given before, to the same request."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_kept: bool = False


def answer_once(
    *,
    account_id: int,
    key: str,
    digest: bytes,
    at: datetime,
    carry_out: Callable[[], Answered],
) -> Answered:
    """Carry out a request unless it was already; then give the answer that it got.

    What is carried out and its answer are one transaction: a request that is cut short was never
    made. A refusal undoes what was begun and is kept like any answer; a malfunction is not kept.

    Raises:
        InvalidKey: it cannot be one.
        KeyUsedOtherwise: ``digest`` is of another request.
        StillRunning: another process is at it.
    """
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= KEY_LENGTH:
        raise InvalidKey(f"An Idempotency-Key has 1 to {KEY_LENGTH} printable ASCII characters.")
    with transaction.atomic():
        _lock(account_id, key)
        kept = KeptAnswer.objects.filter(account=account_id, key=key).first()
        if kept is not None:
            return _give_again(kept, digest)
        answered = _carry_out(carry_out)
        if answered.status < FIRST_MALFUNCTION:
            KeptAnswer.objects.create(
                account_id=account_id,
                key=key,
                digest=digest,
                status=answered.status,
                headers=answered.headers,
                body=answered.body,
                made_at=at,
            )
        return answered


def forget_answers(*, at: datetime) -> int:
    """Delete answers older than ``KEPT_FOR``, and return how many."""
    count, _ = KeptAnswer.objects.filter(made_at__lt=at - KEPT_FOR).delete()
    return count


def _lock(account_id: int, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [key, account_id])
        if not cursor.fetchone()[0]:
            raise StillRunning("A request with this Idempotency-Key is being carried out.")


def _give_again(kept: KeptAnswer, digest: bytes) -> Answered:
    if bytes(kept.digest) != digest:
        raise KeyUsedOtherwise("This Idempotency-Key was used for another request.")
    return Answered(kept.status, kept.headers, bytes(kept.body), is_kept=True)


def _carry_out(carry_out: Callable[[], Answered]) -> Answered:
    first_refusal = 400
    with transaction.atomic():
        answered = carry_out()
        if answered.status >= first_refusal:
            transaction.set_rollback(True)
    return answered
