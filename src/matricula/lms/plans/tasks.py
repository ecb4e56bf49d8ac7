"""What workers do for plans; procrastinate finds this module by its name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app

from matricula.lms.plans.working import give_up, work_off_plan
from matricula.lms.rosters.api import TakeUpAgain, work_patiently


def defer_plan(*, uuid: UUID, program_id: int) -> None:
    """Have a plan worked off after this transaction, in its turn among jobs of its program."""
    work_off_kept_plan.configure(lock=f"program:{program_id}").defer(uuid=str(uuid))


@app.task(name="plans.work_off_plan", pass_context=True, retry=TakeUpAgain())
def work_off_kept_plan(context: JobContext, *, uuid: str) -> None:
    """Foresee an undo, or apply a plan."""

    def work() -> Mapping[str, object] | None:
        plan = work_off_plan(uuid=UUID(uuid), clock=_now, is_stopping=context.should_abort)
        return None if plan is None else {"outcome": plan.outcome, "rows": plan.job.rows}

    work_patiently(context, uuid=uuid, work=work, give_up=lambda: give_up(UUID(uuid), at=_now()))


def _now() -> datetime:
    return datetime.now(UTC)
