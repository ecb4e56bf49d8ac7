"""What workers do for clients; procrastinate finds this module by its name."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from matricula.lms.clients.forgetting import forget_expired_tokens


@app.periodic(cron="37 * * * *")
@app.task(name="clients.forget_tokens", queueing_lock="clients.forget_tokens")
def forget_old_tokens(timestamp: int) -> None:
    """Forget tokens that have expired."""
    del timestamp
    forget_expired_tokens(at=datetime.now(UTC))
