"""The addresses of this surface. A course run's key of the old form has slashes in it."""

from django.urls import re_path

from matricula.lms.rest.enrollment_v1.allowing import Allowances
from matricula.lms.rest.enrollment_v1.asking import Course, Programs, Roles
from matricula.lms.rest.enrollment_v1.leaving import Unenrollment
from matricula.lms.rest.enrollment_v1.listing import AllEnrollments
from matricula.lms.rest.enrollment_v1.views import EnrollmentInCourse, Enrollments

urlpatterns = [
    re_path(
        r"^enrollment/(?P<username>[^,/]+),(?P<course_id>.+?)/?$", EnrollmentInCourse.as_view()
    ),
    re_path(r"^enrollment/(?P<course_id>.+?)/?$", EnrollmentInCourse.as_view()),
    re_path(r"^enrollment/?$", Enrollments.as_view()),
    re_path(r"^enrollments/?$", AllEnrollments.as_view()),
    re_path(r"^course/(?P<course_id>.+?)/?$", Course.as_view()),
    re_path(r"^unenroll/?$", Unenrollment.as_view()),
    re_path(r"^roles/?$", Roles.as_view()),
    re_path(r"^programs/?$", Programs.as_view()),
    re_path(r"^enrollment_allowed/?$", Allowances.as_view()),
]
