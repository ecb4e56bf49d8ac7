"""What workers do for clients; procrastinate finds this module by its name."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from matricula.lms.clients.forgetting import forget_expired_sessions, forget_expired_tokens
from matricula.lms.clients.publishing_keys import forget_signing_keys


@app.periodic(cron="37 * * * *")
@app.task(name="clients.forget_tokens", queueing_lock="clients.forget_tokens")
def forget_old_tokens(timestamp: int) -> None:
    """Forget tokens and sessions that have expired, and keys that nobody signs with."""
    del timestamp
    at = datetime.now(UTC)
    forget_expired_tokens(at=at)
    forget_expired_sessions(at=at)
    forget_signing_keys(at=at)
