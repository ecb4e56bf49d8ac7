"""What the LMS is compared with over HTTP: behind the same server, callers known the same way.

The writes do what edX's do: a call of 25, read by a list of serializers; the program from a cache,
its organization and that one's sign-ons, the users of the keys, the rows that are there by one
expression of all keys, then a row saved at a time with its history, all in the request's
transaction. It is kinder than the original, in which the request passes through what many other
apps have to do with it.
"""

import re
from typing import Any, ClassVar
from uuid import UUID

from django.core.cache import cache
from django.db import models, transaction
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from bench.imitating import EnrolledInProgram, Provider, SignOnRecord
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from matricula.lms.organizations.api import Organization
from matricula.lms.program_enrollments.api import ProgramEnrollment
from matricula.lms.rest.viewing import ApiView

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

    @transaction.atomic
    def put(self, request: Request, program_uuid: UUID) -> Response:
        """Create what is not there, and update what is."""
        cached = _read_program(program_uuid)
        serializer = ProgramEnrollmentRequest(data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        rows = {row["student_key"].lower(): row for row in serializer.validated_data}
        users = _find_users(cached["organizations"][0], list(rows))
        found = EnrolledInProgram.objects.filter(
            program_uuid=program_uuid, external_user_key__iregex=_any_of(list(rows))
        )
        stored = {(each.external_user_key or "").lower(): each for each in found}
        answer = {}
        for key, row in rows.items():
            enrollment = stored.get(key) or EnrolledInProgram(
                user=users.get(key),
                external_user_key=row["student_key"],
                program_uuid=program_uuid,
                curriculum_uuid=row["curriculum_uuid"],
            )
            answer[row["student_key"]] = _save(enrollment, row["status"])
        return Response(answer)


def _read_program(program_uuid: UUID) -> dict[str, Any]:
    """Return what the cache knows of a program; the catalog fills it once."""
    found = cache.get(f"program-{program_uuid}")
    if found is None:
        outline = get_program(key=str(program_uuid))
        found = {"uuid": str(program_uuid), "organizations": [outline.organization_key]}
        cache.set(f"program-{program_uuid}", found, None)
    return dict(found)


def _find_users(organization_key: str, keys: list[str]) -> dict[str, Account]:
    organization = Organization.objects.get(key=organization_key)
    slugs = Provider.objects.filter(organization=organization, enabled=True).values_list("slug")
    found = {}
    for (slug,) in slugs:
        uids = _any_of([f"{slug}:{key}" for key in keys])
        for record in SignOnRecord.objects.select_related("user").filter(uid__iregex=uids):
            found[record.uid.partition(":")[2].lower()] = record.user
    return found


def _any_of(keys: list[str]) -> str:
    return f"^({'|'.join(map(re.escape, keys))})$"


def _save(enrollment: EnrolledInProgram, status: str) -> str:
    if status not in STATUSES:
        return "invalid-status"
    enrollment.status = status
    enrollment.save()
    return status


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
