"""How the platform runs, in figures."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django import app
from pytest_django import DjangoAssertNumQueries

from matricula.lms.access.api import PermissionMissing
from matricula.lms.operating.api import look_at_platform
from tests import given
from tests.lms.kernel.seeing import run

pytestmark = pytest.mark.django_db

QUERIES = 10
TASK = "addresses.hand_over_mail"

BEGIN = """
UPDATE procrastinate_jobs
SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)
WHERE status = 'todo'
"""


def queue(count: int = 1, *, later: bool = False) -> None:
    at = datetime.now(UTC) + timedelta(hours=1) if later else None
    for _ in range(count):
        app.configure_task(TASK, schedule_at=at).defer(mail_id=1)


def test_the_queue_its_workers_and_what_failed_are_counted() -> None:
    queue()
    run("UPDATE procrastinate_jobs SET status = 'failed'")
    queue()
    run("INSERT INTO procrastinate_workers DEFAULT VALUES")
    run(BEGIN)
    queue(2)
    queue(later=True)
    found = look_at_platform(by=given.OPERATOR, at=datetime.now(UTC))
    assert (found.queue.waiting, found.queue.doing, found.queue.later) == (2, 1, 1)
    assert found.queue.oldest_at is not None
    assert [(each.task, each.count) for each in found.failed] == [(TASK, 1)]
    assert [(each.is_alive, each.tasks) for each in found.workers] == [(True, (TASK,))]


def test_a_worker_that_is_silent_is_told_from_one_that_lives() -> None:
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
    (worker,) = look_at_platform(by=given.OPERATOR, at=datetime.now(UTC)).workers
    assert (worker.is_alive, worker.tasks) == (False, ())


def test_an_empty_platform_has_figures_too() -> None:
    found = look_at_platform(by=given.OPERATOR, at=datetime.now(UTC))
    assert (found.queue.waiting, found.queue.oldest_at, found.check) == (0, None, None)
    assert (found.workers, found.failed, found.roster_jobs, found.mail) == ((), (), (), ())
    assert found.ledger.last_at is None
    assert found.size.total > 0
    assert found.size.tables[0].size >= found.size.tables[-1].size


def test_it_takes_as_many_queries_for_much_as_for_little(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(QUERIES):
        look_at_platform(by=given.OPERATOR, at=given.NOW)
    queue(30)
    given.enrolled("rv-1", "rv-2", program=given.program())
    with django_assert_num_queries(QUERIES):
        assert look_at_platform(by=given.OPERATOR, at=given.NOW).ledger.last_at is not None


@pytest.mark.parametrize(("role", "school"), [("support", None), ("operator", "RiverU")])
def test_it_is_for_those_who_run_the_platform(role: str, school: str | None) -> None:
    with pytest.raises(PermissionMissing):
        look_at_platform(by=given.holder_of(role, school_key=school), at=given.NOW)
