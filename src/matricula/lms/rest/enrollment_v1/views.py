"""Enrollments: reading one or all of somebody's, and writing one."""

from http import HTTPStatus

import structlog
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import Account, UnknownAccount, map_usernames
from matricula.lms.catalog.api import (
    UnknownCourseRun,
    describe_course_run,
    find_course_run_ids,
)
from matricula.lms.course_enrollments.api import (
    EnrollmentClosed,
    ModeNotOffered,
    enroll_account,
    find_held_seat,
    list_held_seats,
    require_enrolling,
)
from matricula.lms.identities.api import map_accounts_of_addresses
from matricula.lms.kernel.api import fold, quote
from matricula.lms.rest.enrollment_v1.presenting import present_course, present_enrollments
from matricula.lms.rest.enrollment_v1.reading import (
    EnrollmentBody,
    read_course_id,
    read_enrollment,
)
from matricula.lms.rest.enrollment_v1.viewing import (
    OUT_OF_SIGHT,
    EnrollmentView,
    find_by_username,
)

NOBODY_NAMED = "Say whom to enroll: user or email."

log = structlog.get_logger("matricula.enrollment_v1")


class NobodyToEnroll(APIException):
    """There is nobody of that username or address."""

    status_code = HTTPStatus.NOT_ACCEPTABLE


class EnrollmentInCourse(EnrollmentView):
    """What somebody has in a course run."""

    def get(self, request: Request, course_id: str, username: str | None = None) -> Response:
        """Answer with the enrollment, or with nothing if there is none."""
        del request
        key = read_course_id(course_id)
        person = self.own_account if username is None else self.find_person(username)
        run_id = find_course_run_ids(keys=[key]).get(key)
        if person is None or run_id is None:
            return Response(None)
        seat = find_held_seat(account_id=person.pk, course_run_id=run_id, by=self.by)
        return Response(present_enrollments([seat], at=self.at)[0] if seat else None)


class Enrollments(EnrollmentView):
    """The enrollments of somebody."""

    enrollee: Account | None = None

    def get(self, request: Request) -> Response:
        """Answer with those that are active and that the caller may see, the oldest first."""
        username = request.query_params.get("user")
        person = find_by_username(username) if username else self.own_account
        seats = list_held_seats(account_id=person.pk, by=self.by) if person else []
        active = [seat for seat in seats if seat.is_active]
        return Response(present_enrollments(active, at=self.at))

    def post(self, request: Request) -> Response:
        """Enroll the caller or, for who may, anybody; or change what they have."""
        asked = read_enrollment(request.data)
        self.enrollee = account = self._find_enrollee(asked)
        wish = asked.read_wish()
        try:
            run = describe_course_run(key=asked.course_run)
        except UnknownCourseRun as refusal:
            raise ParseError(str(refusal)) from None
        try:
            seat = enroll_account(
                account=account, course_run=run, wish=wish, by=self.by, at=self.at
            )
        except ModeNotOffered as refusal:
            details = present_course(run, at=self.at, include_expired=True)
            body = {"message": str(refusal), "course_details": details}
            return Response(body, status=HTTPStatus.BAD_REQUEST)
        except EnrollmentClosed as refusal:
            raise ParseError(str(refusal)) from None
        except UnknownAccount as refusal:
            raise NobodyToEnroll(str(refusal)) from None
        return Response(present_enrollments([seat], at=self.at)[0])

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        """Note what servers of the platform do, however it ended."""
        if self.is_server and request.method == "POST":
            enrollee_id = self.enrollee.pk if self.enrollee else None
            log.info("enrollment by server", enrollee_id=enrollee_id, status=response.status_code)
        return super().finalize_response(request, response, *args, **kwargs)

    def _find_enrollee(self, asked: EnrollmentBody) -> Account:
        """Return who is to be enrolled; what the caller may comes before who there is.

        Raises:
            ModeNotSelectable: only others may give that mode.
            NobodyToEnroll: there is nobody.
            NotFound: it is somebody else, of whom the caller is told nothing.
        """
        if not has_permission(self.by, Permission.ENROLLMENTS_WRITE):
            self._require_own(asked)
            require_enrolling(account_id=self.account.pk, mode=asked.mode, by=self.by)
            return self.account
        username = asked.username
        if asked.address:
            username = _find_holder(asked.address)
            if username is None:
                raise NobodyToEnroll("Nobody has proven that e-mail address.")
        found = find_by_username(username) if username else self.own_account
        if found is None:
            unknown = f"There is no account {quote(username)}." if username else NOBODY_NAMED
            raise NobodyToEnroll(unknown)
        return found

    def _require_own(self, asked: EnrollmentBody) -> None:
        """Answer with silence if nobody but the caller is named."""
        own = self.account
        named = find_by_username(asked.username) if asked.username else own
        if named is None or named.pk != own.pk:
            raise NotFound(OUT_OF_SIGHT)
        address = asked.address
        if address and fold(address) != fold(own.email) and _find_holder(address) != own.username:
            raise NotFound(OUT_OF_SIGHT)


def _find_holder(address: str) -> str | None:
    """Return the username of who has proven an address."""
    found = map_accounts_of_addresses(addresses=[address])
    return next(iter(map_usernames(account_ids=found.values()).values()), None)
