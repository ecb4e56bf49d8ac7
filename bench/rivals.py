"""What the LMS is compared with over HTTP: behind the same server, callers known the same way.

The writes are modelled on edX: a call of 25, a serializer for each row, the users and the rows
that are there looked up together, then a row saved at a time, each with a row of history, all in
the request's transaction. It is kinder than the original, which also reads the catalog, sends
signals and looks for single sign-ons.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from bench.copying import WaitingProgram
from matricula.lms.accounts.api import Account
from matricula.lms.program_enrollments.api import ProgramEnrollment
from matricula.lms.rest.viewing import ApiView
from tests.given import NOW

STATUSES = ("enrolled", "pending", "suspended", "canceled", "ended")


class EmptyView(ApiView):
    """Knows who calls, and says nothing."""

    def get(self, request: Request) -> Response:
        """Answer with an empty object."""
        del request
        return Response({})


class ProgramEnrollmentRequest(serializers.Serializer[Any]):
    """A row of a call."""

    student_key = serializers.CharField(max_length=255)
    status = serializers.CharField()
    curriculum_uuid = serializers.UUIDField()


class SavedProgramEnrollments(ApiView):
    """Writes a row at a time."""

    renderer_classes = (JSONRenderer,)

    def put(self, request: Request, program_uuid: UUID) -> Response:
        """Create what is not there, and update what is."""
        rows = []
        for each in request.data:
            serializer = ProgramEnrollmentRequest(data=each)
            serializer.is_valid(raise_exception=True)
            rows.append(serializer.validated_data)
        keys = [row["student_key"] for row in rows]
        with transaction.atomic():
            users = Account.objects.in_bulk(keys, field_name="username")
            found = WaitingProgram.objects.filter(
                program_uuid=program_uuid, external_user_key__in=keys
            )
            stored = {each.external_user_key: each for each in found}
            answer = {
                row["student_key"]: self._save(row, program_uuid, users, stored) for row in rows
            }
        return Response(answer)

    def _save(
        self,
        row: dict[str, Any],
        program_uuid: UUID,
        users: dict[str, Account],
        stored: dict[str, WaitingProgram],
    ) -> str:
        if row["status"] not in STATUSES:
            return "invalid-status"
        enrollment = stored.get(row["student_key"]) or WaitingProgram(
            user=users.get(row["student_key"]),
            external_user_key=row["student_key"],
            program_uuid=program_uuid,
            curriculum_uuid=row["curriculum_uuid"],
            created=NOW,
        )
        enrollment.status = row["status"]
        enrollment.modified = NOW
        with transaction.atomic():
            enrollment.save_with_history()
        return str(row["status"])


class ListedProgramEnrollment(serializers.ModelSerializer[ProgramEnrollment]):
    """A row as our own listing has it."""

    student_key = serializers.CharField(source="identity.value")
    organization = serializers.CharField(source="identity.organization.key")
    program = serializers.CharField(source="program.key")
    curriculum_uuid = serializers.UUIDField(source="curriculum.uuid")
    username = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = ProgramEnrollment
        fields: ClassVar = [
            "id",
            "student_key",
            "organization",
            "program",
            "curriculum_uuid",
            "status",
            "waiting",
            "username",
            "email",
            "created_at",
            "modified_at",
        ]

    def get_username(self, row: ProgramEnrollment) -> str:
        """Return the username, or nothing."""
        return row.identity.account.username if row.identity.account else ""

    def get_email(self, row: ProgramEnrollment) -> str:
        """Return the address, or nothing."""
        return row.identity.account.email if row.identity.account else ""

    def get_waiting(self, row: ProgramEnrollment) -> bool:
        """Tell whether nobody has proven the name."""
        return row.identity.account_id is None


class ById(CursorPagination):
    """Pages of 100 by id."""

    ordering = "id"
    page_size = 100


class SerializedProgramEnrollments(ApiView, ListAPIView[ProgramEnrollment]):
    """Lists a program's rows as REST framework does by itself."""

    renderer_classes = (JSONRenderer,)
    serializer_class = ListedProgramEnrollment
    pagination_class = ById

    def get_queryset(self) -> models.QuerySet[ProgramEnrollment]:
        """Return all rows of the program, with what they refer to."""
        related = ("identity__organization", "identity__account", "program", "curriculum")
        rows = ProgramEnrollment.objects.select_related(*related)
        return rows.filter(program_id=self.request.GET["program_id"])
