"""The door of plans."""

from matricula.lms.plans.applying import PlanNotReady, PlanStale, apply_plan, tell_moved
from matricula.lms.plans.discarding import discard_plan
from matricula.lms.plans.following import (
    PlannedRow,
    UnknownPlan,
    get_plan,
    list_planned_rows,
    list_plans,
    map_keys,
)
from matricula.lms.plans.holding import hold_open_plans
from matricula.lms.plans.making import NobodyWorksForIt, PlanLimits, make_plan
from matricula.lms.plans.making_undos import NothingToUndo, NotOfOneProgram, StillWriting
from matricula.lms.plans.models import Plan, PlanState, Undone
from matricula.lms.plans.undoing import (
    OnlyBindings,
    UnknownChangeSet,
    undo_change_set,
    undo_job,
    undo_plan,
)
from matricula.lms.plans.undoing_requests import NotOfOneCaller, undo_request
from matricula.lms.plans.working import work_off_plan

__all__ = [
    "NobodyWorksForIt",
    "NotOfOneCaller",
    "NotOfOneProgram",
    "NothingToUndo",
    "OnlyBindings",
    "Plan",
    "PlanLimits",
    "PlanNotReady",
    "PlanStale",
    "PlanState",
    "PlannedRow",
    "StillWriting",
    "Undone",
    "UnknownChangeSet",
    "UnknownPlan",
    "apply_plan",
    "discard_plan",
    "get_plan",
    "hold_open_plans",
    "list_planned_rows",
    "list_plans",
    "make_plan",
    "map_keys",
    "tell_moved",
    "undo_change_set",
    "undo_job",
    "undo_plan",
    "undo_request",
    "work_off_plan",
]
