"""What workers do for addresses; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from matricula.lms.addresses.mailing import hand_over_mail
from matricula.lms.addresses.models import AddressProof
from matricula.lms.addresses.sweeping import answer_proof, sweep_proofs
from matricula.lms.addresses.verifying import TRY_AGAIN
from matricula.lms.kernel.api import Actor, ActorKind, Unavailable

BY_MAIL = Actor(kind=ActorKind.SIGN_ON, key="mail", channel="worker")
PATIENT = RetryStrategy(max_attempts=13, wait=10, exponential_wait=2)
"""Again after 12 seconds, 14, 18 and so on, for more than four hours."""

log = structlog.get_logger("matricula.addresses")


class StillUnanswered(Unavailable):
    """The identity of a proven address could not be bound this time."""

    code = "still-unanswered"


@app.task(name=TRY_AGAIN, retry=PATIENT)
def try_proof_again(*, proof_id: int) -> None:
    """Bind the identity of a proven address; what fails is tried again."""
    answer = answer_proof(proof_id=proof_id, by=BY_MAIL, at=_now())
    if answer is None and AddressProof.objects.filter(pk=proof_id).exists():
        raise StillUnanswered(f"Proof {proof_id} has no answer yet.")


@app.periodic(cron="*/10 * * * *")
@app.task(name="addresses.sweep_proofs", queueing_lock="addresses.sweep_proofs")
def sweep(timestamp: int) -> None:
    """Answer whatever proof has none, however that came about."""
    del timestamp
    counted = sweep_proofs(by=BY_MAIL, at=_now())
    if counted:
        log.info("proofs swept", **counted)


@app.task(name="addresses.hand_over_mail", pass_context=True, retry=PATIENT)
def send_mail(context: JobContext, *, mail_id: int) -> None:
    """Hand a mail over to the mail server; what fails is tried again."""
    hand_over_mail(mail_id=mail_id, attempt=context.job.attempts + 1)


def _now() -> datetime:
    return datetime.now(UTC)
