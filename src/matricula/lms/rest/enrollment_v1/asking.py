"""Asking: about a course run, about the caller's roles, and about somebody's programs."""

from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.catalog.api import CourseRunKey, UnknownCourseRun, describe_course_run
from matricula.lms.course_enrollments.api import list_course_roles
from matricula.lms.learners.api import get_learner, list_followed_programs
from matricula.lms.rest.enrollment_v1.presenting import present_course, present_programs
from matricula.lms.rest.enrollment_v1.reading import read_course_id
from matricula.lms.rest.enrollment_v1.viewing import EnrollmentView

MAY_BE_KEPT = "public, max-age=60"
YES = {"1", "true", "yes", "on"}


class Course(EnrollmentView):
    """A course run, its time of enrolling and its modes; for everybody."""

    is_public = True
    authentication_classes = ()

    def get(self, request: Request, course_id: str) -> Response:
        """Answer with it; with modes that have expired if the query asks for them."""
        include_expired = request.query_params.get("include_expired", "").lower() in YES
        try:
            run = describe_course_run(key=read_course_id(course_id))
        except UnknownCourseRun as refusal:
            raise ParseError(str(refusal)) from None
        body = present_course(run, at=self.at, include_expired=include_expired)
        return Response(body, headers={"Cache-Control": MAY_BE_KEPT})


class Roles(EnrollmentView):
    """What the caller is in course runs."""

    def get(self, request: Request) -> Response:
        """Answer with the roles in all course runs, or in the one of the query."""
        own = self.own_account
        held = list_course_roles(account_id=own.pk, by=self.by) if own else []
        asked = request.query_params.get("course_id")
        key = read_course_id(asked) if asked else None
        roles = [
            {
                "org": CourseRunKey.parse(each.course_run).organization,
                "course_id": each.course_run,
                "role": each.role,
            }
            for each in held
            if key in {None, each.course_run}
        ]
        is_staff = has_permission(self.by, Permission.ENROLLMENTS_READ)
        return Response({"roles": roles, "is_staff": is_staff})


class Programs(EnrollmentView):
    """The programs of the caller or, for who may read about them, of somebody else."""

    def get(self, request: Request) -> Response:
        """Answer with those that are stored, and with those that are deduced."""
        own = self.own_account
        username = request.query_params.get("user") or (own.username if own else None)
        if username is None:
            raise NotFound("Say whose programs: ?user=.")
        learner = get_learner(username=username, by=self.by)
        programs = list_followed_programs(learner=learner, by=self.by)
        return Response(present_programs(programs))
