"""What workers do for kept answers; procrastinate finds this module by its name."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from matricula.lms.kept_answers.answering import forget_answers


@app.periodic(cron="27 * * * *")
@app.task(name="kept_answers.forget_answers", queueing_lock="kept_answers.forget_answers")
def forget_old_answers(timestamp: int) -> None:
    """Forget answers that nobody will ask for again."""
    del timestamp
    forget_answers(at=datetime.now(UTC))
