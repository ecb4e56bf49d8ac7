"""What workers do for sign-on; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from matricula.lms.sign_on.saml.putting_aside import forget_untaken
from matricula.lms.sign_on.saml.using_once import forget_assertions
from matricula.lms.sign_on.settling import settle_assertion, settle_left_ones

MOST_ATTEMPTS = 8
AGAIN = RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=3)
"""After 3 seconds, 9, 27, ... up to an hour and a half; then the sweep has it."""

log = structlog.get_logger("matricula.sign_on")


@app.task(name="sign_on.settle", retry=AGAIN)
def settle(*, social_account_id: int) -> None:
    """Settle an assertion that met an error while its person signed in."""
    settle_assertion(social_account_id=social_account_id, at=datetime.now(UTC))


@app.periodic(cron="*/10 * * * *")
@app.task(name="sign_on.sweep", queueing_lock="sign_on.sweep")
def sweep(timestamp: int) -> None:
    """Settle what was left."""
    del timestamp
    if count := settle_left_ones(at=datetime.now(UTC)):
        log.info("assertions settled late", count=count)


@app.periodic(cron="43 * * * *")
@app.task(name="sign_on.forget_assertions", queueing_lock="sign_on.forget_assertions")
def forget_old_assertions(timestamp: int) -> None:
    """Forget the assertions that nobody could bring again, and what was left of others."""
    del timestamp
    forget_assertions(at=datetime.now(UTC))
    forget_untaken()
