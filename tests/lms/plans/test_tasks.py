"""The task of plans: queued in its turn, taken up, and given up at last."""

import pytest
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from matricula.lms.plans.api import Plan
from matricula.lms.plans.tasks import work_off_kept_plan
from matricula.lms.rosters.models import RosterJobChunk
from matricula.lms.rosters.tasks import MOST_ATTEMPTS
from tests import given
from tests.lms.kernel.seeing import look
from tests.lms.plans.planning import applied, planned, roster
from tests.lms.plans.seeing_enrollments import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """A plan that a worker is to apply."""
    by = given.holder_of("write")
    made = planned(roster(("rv-1", "enrolled")), program=given.program(), by=by)
    return applied(made, by=by, rows_at_once=0)


def taken_up(*, attempts: int = 0) -> None:
    """Take up what is queued, with what is queued of it."""
    ((task, uuid),) = look("SELECT task_name, args ->> 'uuid' FROM procrastinate_jobs")
    assert task == work_off_kept_plan.name
    job = Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name=task, attempts=attempts
    )
    context = JobContext(app=app, job=job, abort_reason=lambda: None, start_timestamp=0)
    work_off_kept_plan(context, uuid=uuid)


def test_what_is_to_be_applied_waits_behind_the_jobs_of_its_program(plan: Plan) -> None:
    assert look("SELECT lock FROM procrastinate_jobs") == [(f"program:{plan.job.program_id}",)]
    taken_up()
    plan.refresh_from_db()
    assert (plan.outcome, len(world())) == ("applied", 1)


def test_a_malfunction_is_tried_again_and_at_last_told(plan: Plan) -> None:
    RosterJobChunk.objects.update(rows=b"no chunk")
    for attempts, outcome in ((0, "applying"), (MOST_ATTEMPTS - 1, "failed")):
        with pytest.raises(Exception, match="decompress"):
            taken_up(attempts=attempts)
        plan.refresh_from_db()
        assert plan.outcome == outcome
    assert (plan.failure_code, world()) == ("malfunction", [])
