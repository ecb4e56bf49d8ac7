"""The addresses of rosters and their jobs."""

from django.urls import path

from matricula.lms.rest.enrollment_v2.rosters.jobs import (
    JobCancelView,
    JobResultView,
    JobsView,
    JobView,
)
from matricula.lms.rest.enrollment_v2.rosters.views import CourseRosterView, ProgramRosterView

urlpatterns = [
    path("programs/<path:key>/roster", ProgramRosterView.as_view()),
    path("programs/<path:key>/course-roster", CourseRosterView.as_view()),
    path("jobs", JobsView.as_view()),
    path("jobs/<uuid:uuid>", JobView.as_view(), name="roster-job"),
    path("jobs/<uuid:uuid>/result", JobResultView.as_view(), name="roster-job-result"),
    path("jobs/<uuid:uuid>/cancel", JobCancelView.as_view(), name="roster-job-cancel"),
]
