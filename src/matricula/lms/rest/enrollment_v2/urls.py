"""The addresses of this surface."""

from django.urls import include, path

from matricula.lms.rest.enrollment_v2.accounts import AccountsView, MergerView, RetirementView
from matricula.lms.rest.enrollment_v2.catalog import CatalogView, ProgramsView, ProgramView
from matricula.lms.rest.enrollment_v2.changes import ChangesView
from matricula.lms.rest.enrollment_v2.conflicts import ConflictsView, ResolutionView
from matricula.lms.rest.enrollment_v2.course_listing import CourseEnrollmentsView
from matricula.lms.rest.enrollment_v2.digest import DigestRowsView, DigestView
from matricula.lms.rest.enrollment_v2.grades import GradesView
from matricula.lms.rest.enrollment_v2.health import HealthView
from matricula.lms.rest.enrollment_v2.history import HistoryView
from matricula.lms.rest.enrollment_v2.identities import (
    BindingView,
    IdentityView,
    RebindingView,
    UnbindingView,
)
from matricula.lms.rest.enrollment_v2.learners import (
    ExplanationView,
    LearnerView,
    NamedExplanationView,
    NamedLearnerView,
)
from matricula.lms.rest.enrollment_v2.listing import ProgramEnrollmentsView
from matricula.lms.rest.enrollment_v2.preemptive import (
    ExpiryView,
    PreemptiveView,
    WithdrawalView,
)
from matricula.lms.rest.enrollment_v2.seats import SeatView
from matricula.lms.rest.enrollment_v2.whoami import CallerView

urlpatterns = [
    # First what is asked most often: each of those before it costs some time.
    path("seats/<str:username>/<path:course_run>", SeatView.as_view()),
    path("health", HealthView.as_view()),
    path("me", CallerView.as_view()),
    path("catalog", CatalogView.as_view()),
    path("programs", ProgramsView.as_view()),
    path("", include("matricula.lms.rest.enrollment_v2.rosters.urls")),
    path("", include("matricula.lms.rest.enrollment_v2.plans.urls")),
    path("programs/<path:key>/digest", DigestView.as_view()),
    path("programs/<path:key>/digest/rows", DigestRowsView.as_view()),
    path("programs/<path:key>/history", HistoryView.as_view()),
    path("programs/<path:key>", ProgramView.as_view()),
    path("program-enrollments", ProgramEnrollmentsView.as_view()),
    path("course-enrollments", CourseEnrollmentsView.as_view()),
    path("preemptive-enrollments", PreemptiveView.as_view()),
    path("preemptive-enrollments/withdraw", WithdrawalView.as_view()),
    path("preemptive-enrollments/expire", ExpiryView.as_view()),
    path("identities", IdentityView.as_view()),
    path("identities/bind", BindingView.as_view()),
    path("identities/unbind", UnbindingView.as_view()),
    path("identities/rebind", RebindingView.as_view()),
    path("identities/conflicts", ConflictsView.as_view()),
    path("identities/conflicts/<int:conflict_id>/resolve", ResolutionView.as_view()),
    path("accounts", AccountsView.as_view()),
    path("accounts/<str:username>/retire", RetirementView.as_view()),
    path("accounts/<str:username>/merge", MergerView.as_view()),
    path("grades", GradesView.as_view()),
    path("learners", NamedLearnerView.as_view()),
    path("learners/<str:username>", LearnerView.as_view()),
    path("learners/<str:username>/explain", ExplanationView.as_view()),
    path("explain", NamedExplanationView.as_view()),
    path("changes", ChangesView.as_view()),
]
