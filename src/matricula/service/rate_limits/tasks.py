"""What workers do for rate limits; procrastinate finds this module by its name."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from matricula.service.rate_limits.counting import forget_counts


@app.periodic(cron="7 * * * *")
@app.task(name="rate_limits.forget_counts", queueing_lock="rate_limits.forget_counts")
def forget_old_counts(timestamp: int) -> None:
    """Forget who has asked in earlier minutes, and how often."""
    del timestamp
    forget_counts(at=datetime.now(UTC))
