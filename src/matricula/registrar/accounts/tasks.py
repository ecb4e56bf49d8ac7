"""What workers do for accounts; procrastinate finds this module by its name."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from matricula.registrar.accounts.forgetting import forget_expired_sessions


@app.periodic(cron="47 * * * *")
@app.task(name="accounts.forget_sessions", queueing_lock="accounts.forget_sessions")
def forget_old_sessions(timestamp: int) -> None:
    """Forget sessions that have expired: also those of who has only begun to sign in."""
    del timestamp
    forget_expired_sessions(at=datetime.now(UTC))
