"""What the views of this surface have in common."""

from typing import ClassVar, NoReturn

from django.http import HttpRequest
from rest_framework.exceptions import MethodNotAllowed

from matricula.lms.access.api import Permission, require_permission_somewhere
from matricula.lms.catalog.api import (
    CourseRunKey,
    CourseRunOutline,
    InvalidCourseRunKey,
    ProgramHead,
    ProgramOutline,
    get_course_run,
)
from matricula.lms.learners.api import get_program_head_in_reach, get_program_in_reach
from matricula.lms.rest import problems
from matricula.lms.rest.program_enrollments_v1.problems import (
    CourseNotInProgram,
    InvalidCourseKey,
    answer_developer_message,
)
from matricula.lms.rest.viewing import ApiView


class SurfaceView(ApiView):
    """A view of this surface, which is described by edX and not by our OpenAPI document."""

    schema = None
    answer_error: ClassVar[problems.Handler] = answer_developer_message


class PartnerView(SurfaceView):
    """A view for those who hold a role at the program's organization.

    Without any such role the answer is 403 to everything; only then it matters what there is.
    """

    def get_program(self, program_id: str, permission: Permission) -> ProgramOutline:
        """Return the program of the address.

        Raises:
            PermissionMissing: the caller has the permission nowhere.
            UnknownProgram: there is none, or the permission does not reach it.
        """
        return get_program_in_reach(
            uuid=program_id, permission=permission, by=self.by, stamp=self.catalog_stamp
        )

    def get_program_head(self, program_id: str, permission: Permission) -> ProgramHead:
        """Return what ``get_program`` does, where the program's course runs do not matter.

        Raises:
            PermissionMissing, UnknownProgram: as there.
        """
        return get_program_head_in_reach(
            uuid=program_id, permission=permission, by=self.by, stamp=self.catalog_stamp
        )

    def http_method_not_allowed(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> NoReturn:
        """Tell it to whoever may do something here."""
        del args, kwargs
        require_permission_somewhere(self.by, Permission.ENROLLMENTS_READ)
        raise MethodNotAllowed(request.method or "")


def get_course_run_of(program: ProgramOutline, course_key: str) -> CourseRunOutline:
    """Return the course run of the address, which must be in the program.

    Raises:
        CourseNotInProgram, InvalidCourseKey, UnknownCourseRun: it is not; or there is none.
    """
    try:
        CourseRunKey.parse(course_key)
    except InvalidCourseRunKey as refusal:
        raise InvalidCourseKey(str(refusal)) from None
    for run in program.runs:
        if run.key == course_key:
            return CourseRunOutline(run.id, run.key)
    get_course_run(key=course_key)
    raise CourseNotInProgram(f"{course_key} is not in program {program.key}.")
