"""What is kept of a job while nobody ends it, and not after."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import pytest
from django.db import connection

from matricula.registrar.jobs.api import JobAtWork, JobLeft, JobState, while_unended
from tests.registrar.jobs.working_at import registrar, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_ends_a_job_while_something_of_it_is_kept_and_nothing_is_kept_after() -> None:
    job = submitted(registrar())

    def end() -> None:
        try:
            JobAtWork(job, is_stopping=lambda: False).finish()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with while_unended(job):
            ending = other.submit(end)
            with pytest.raises(StillWaiting):
                ending.result(0.3)
        ending.result(30)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    with pytest.raises(JobLeft), while_unended(job):
        pytest.fail("it is ended")
