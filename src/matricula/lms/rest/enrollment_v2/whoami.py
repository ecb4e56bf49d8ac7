"""Who calls, and what they may do."""

from collections.abc import Sequence

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import ROLES, list_roles_of
from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import Learner, list_lacks
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.learners import LackShown
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView


class RoleHeld(msgspec.Struct, frozen=True):
    """A role of the caller; without an organization it is held everywhere."""

    role: str
    organization: str | None
    permissions: Sequence[str]


class Caller(msgspec.Struct, frozen=True):
    """Who calls. `missing` is what stands between them and what may wait for them."""

    username: str
    uuid: str
    name: str
    is_staff: bool
    roles: Sequence[RoleHeld]
    missing: Sequence[LackShown]


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
    "missing": [],
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
            Caller(
                username=account.username,
                uuid=str(account.uuid),
                name=account.name,
                is_staff=account.is_staff,
                roles=held,
                missing=_list_missing(account, by=self.by),
            )
        )


def _list_missing(account: Account, *, by: Actor) -> list[LackShown]:
    learner = Learner(account_id=account.pk, username=account.username)
    lacks = list_lacks(learner=learner, by=by) or ()
    return msgspec.convert(lacks, list[LackShown], from_attributes=True)
