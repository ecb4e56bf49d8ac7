"""What is held while somebody is retired; that both wait for each other is in tests/races."""

import pytest
from django.db import transaction

from matricula.lms.plans.api import discard_plan, hold_open_plans
from matricula.lms.rosters.api import hold_unfinished_jobs
from tests import given
from tests.lms.kernel.seeing import look
from tests.lms.plans.planning import LATER, planned, roster

HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"


@pytest.mark.django_db(transaction=True)
def test_there_is_room_for_the_locks_however_many_plans_are_open() -> None:
    hydrology = given.program()
    first, *_ = [
        planned(roster((f"rv-{number}", "enrolled")), program=hydrology) for number in range(3)
    ]
    discard_plan(uuid=first.job.uuid, by=given.OPERATOR, at=LATER)
    with transaction.atomic():
        hold_unfinished_jobs()
        hold_open_plans()
        assert look(HELD) == [(1,)]
