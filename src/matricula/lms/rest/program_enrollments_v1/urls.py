"""The addresses of this surface, as edX's clients write them.

Some are prefixes: what follows does not matter. Where a slash ends one, it may be missing.
"""

from django.urls import re_path

from matricula.lms.rest.program_enrollments_v1.enrollments import (
    CourseEnrollments,
    ProgramEnrollments,
)
from matricula.lms.rest.program_enrollments_v1.grades import CourseGrades
from matricula.lms.rest.program_enrollments_v1.overviews import (
    ProgramOverview,
    ProgramsInSight,
    UserCourses,
)
from matricula.lms.rest.program_enrollments_v1.resetting import IntegrationReset

PROGRAM = r"programs/(?P<program_id>[A-Fa-f0-9-]+)"
COURSE = PROGRAM + r"/courses/(?P<course_key>[^/]+/[^/]+/[^/]+|.+?)"
"""Keys of the old form have slashes; anything else is told that it is no key."""

urlpatterns = [
    re_path(r"^programs/(?:enrollments|readonly_access)/?$", ProgramsInSight.as_view()),
    re_path(rf"^{PROGRAM}/enrollments/?$", ProgramEnrollments.as_view()),
    re_path(rf"^{COURSE}/enrollments(?:/|$)", CourseEnrollments.as_view()),
    re_path(rf"^{COURSE}/grades(?:/|$)", CourseGrades.as_view()),
    re_path(rf"^{PROGRAM}/overview(?:/|$)", ProgramOverview.as_view()),
    re_path(rf"^users/(?P<username>[^/]+)/{PROGRAM}/courses", UserCourses.as_view()),
    re_path(r"^integration-reset$", IntegrationReset.as_view()),
]
