"""The addresses of plans and of what undoes."""

from django.urls import path

from matricula.lms.rest.enrollment_v2.plans.undoing import (
    ChangeSetUndoView,
    JobUndoView,
    PlanUndoView,
    RequestUndoView,
)
from matricula.lms.rest.enrollment_v2.plans.views import (
    PlanAnswersView,
    PlanApplyView,
    PlansView,
    PlanView,
)

urlpatterns = [
    path("plans", PlansView.as_view()),
    path("plans/<uuid:uuid>", PlanView.as_view(), name="plan"),
    path("plans/<uuid:uuid>/answers", PlanAnswersView.as_view(), name="plan-answers"),
    path("plans/<uuid:uuid>/apply", PlanApplyView.as_view(), name="plan-apply"),
    path("plans/<uuid:uuid>/undo", PlanUndoView.as_view(), name="plan-undo"),
    path("jobs/<uuid:uuid>/undo", JobUndoView.as_view()),
    path("change-sets/<uuid:uuid>/undo", ChangeSetUndoView.as_view()),
    path("requests/<path:request_id>/undo", RequestUndoView.as_view()),
]
