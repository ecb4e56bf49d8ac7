"""Working plans off: what is too long for whoever asks to wait for."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from matricula.lms.plans.carrying_out import apply_as_asked, give_up_plan
from matricula.lms.plans.models import Plan, PlanState
from matricula.lms.plans.putting_back import foresee_undo
from matricula.lms.rosters.api import (
    GIVEN_UP,
    MALFUNCTION,
    JobPaused,
    JobState,
    end_job,
    work_off_job,
)


def work_off_plan(
    *, uuid: UUID, clock: Callable[[], datetime], is_stopping: Callable[[], bool]
) -> Plan | None:
    """Do what a plan waits for, and return it, or None if it is gone.

    It is foreseen, or applied if somebody has asked for that. Two at once do no harm.

    Raises:
        JobPaused: ``is_stopping`` said so; nothing of it is written.
    """

    def keep_going() -> None:
        if is_stopping():
            raise JobPaused

    plan = _find(uuid)
    if plan is None:
        return None
    state = plan.state_at(clock())
    if state is PlanState.PLANNING and plan.is_undo:
        foresee_undo(plan=plan, at=clock())
    elif state is PlanState.PLANNING:
        work_off_job(uuid=uuid, clock=clock, is_stopping=is_stopping)
    elif state is PlanState.APPLYING:
        apply_as_asked(plan=plan, clock=clock, keep_going=keep_going)
    return _find(uuid)


def give_up(uuid: UUID, *, at: datetime) -> None:
    """End a plan that meets trouble again and again."""
    plan = _find(uuid)
    if plan is not None:
        give_up_plan(plan=plan, code=MALFUNCTION, words=GIVEN_UP)
        end_job(uuid=uuid, state=JobState.FAILED, at=at, code=MALFUNCTION, words=GIVEN_UP)


def _find(uuid: UUID) -> Plan | None:
    return Plan.objects.select_related("job__program").filter(job__uuid=uuid).first()
