"""Who calls, and what they may do."""

from collections.abc import Sequence

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import ROLES, list_roles_of
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView


class RoleHeld(msgspec.Struct, frozen=True):
    """A role of the caller; without an organization it is held everywhere."""

    role: str
    organization: str | None
    permissions: Sequence[str]


class Caller(msgspec.Struct, frozen=True):
    """Who calls."""

    username: str
    uuid: str
    name: str
    is_staff: bool
    roles: Sequence[RoleHeld]


EXAMPLE = {
    "username": "client-registrar",
    "uuid": "5a3c2c0e-6b1a-4a4e-9a55-8c2b5d7b1f10",
    "name": "",
    "is_staff": False,
    "roles": [
        {
            "role": "write",
            "organization": "RiverU",
            "permissions": ["enrollments:read", "enrollments:write", "grades:write"],
        }
    ],
}


class CallerView(EnrollmentView):
    """The account that calls."""

    @describe(answers={200: Caller}, example=EXAMPLE)
    def get(self, request: Request) -> Response:
        """Tell the caller's account, roles and permissions."""
        del request
        account = self.account
        held = [
            RoleHeld(
                role=each.role,
                organization=each.organization.key if each.organization else None,
                permissions=sorted(ROLES[each.role].permissions),
            )
            for each in list_roles_of(account_id=account.pk)
        ]
        return Response(
            Caller(account.username, str(account.uuid), account.name, account.is_staff, held)
        )
