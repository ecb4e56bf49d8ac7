"""Enrolling and unenrolling many people in several course runs at once."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.preemptive_enrollments.api import Invitation, Standing, invite, uninvite
from matricula.lms.rest.bulk_enroll_v1.reading import BulkEnrollment
from matricula.lms.rest.viewing import ApiView


class BulkEnroll(ApiView):
    """For whoever may write everywhere. No mail is sent, whatever ``email_students`` says."""

    schema = None

    def post(self, request: Request) -> Response:
        """Answer how each of them stood before and stands now."""
        require_permission(self.by, Permission.ENROLLMENTS_WRITE)
        body = BulkEnrollment(data=request.data)
        if not body.is_valid():
            return Response(body.errors, status=HTTPStatus.BAD_REQUEST)
        said = body.validated_data
        who = {"identifiers": said["identifiers"], "course_runs": said["courses"]}
        if said["action"] == "enroll":
            done = invite(**who, auto_enroll=said["auto_enroll"], by=self.by, at=self.at)
        else:
            done = uninvite(**who, by=self.by, at=self.at)
        common = {"action": said["action"], "auto_enroll": said["auto_enroll"]}
        courses = {key: {**common, "results": _present(each)} for key, each in done.items()}
        return Response({**common, "email_students": said["email_students"], "courses": courses})


def _present(invitations: Sequence[Invitation]) -> list[dict[str, Any]]:
    return [_present_one(each) for each in invitations]


def _present_one(invitation: Invitation) -> dict[str, Any]:
    identifier = {"identifier": invitation.identifier}
    if invitation.is_nobody:
        message = "This is no username that anybody has, and no e-mail address."
        return {**identifier, "invalidIdentifier": True, "message": message}
    if invitation.before is None or invitation.after is None:
        return {**identifier, "error": True, "message": invitation.fault}
    return {
        **identifier,
        "before": _present_standing(invitation.before),
        "after": _present_standing(invitation.after),
        **({"message": invitation.fault} if invitation.fault else {}),
    }


def _present_standing(standing: Standing) -> dict[str, bool]:
    return {
        "user": standing.has_account,
        "enrollment": standing.is_enrolled,
        "allowed": standing.is_allowed,
        "auto_enroll": standing.is_auto_enrolled,
    }
