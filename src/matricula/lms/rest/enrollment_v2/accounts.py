"""Making and retiring accounts."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import NewAccount, create_accounts, get_account
from matricula.lms.identities.api import retire_account
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class AccountWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account to make. Without a password nobody can sign in with one."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
    email: Email
    name: Annotated[str, msgspec.Meta(max_length=255)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class AccountMade(msgspec.Struct, frozen=True):
    """An account that was made."""

    username: str
    uuid: str


class RetirementWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an account is to be retired; it is kept with the change."""

    reason: Reason


class RetirementDone(msgspec.Struct, frozen=True):
    """How much was erased; all zero if the account had been retired before."""

    identities: int
    roles: int
    conflicts: int


class AccountsView(EnrollmentView):
    """All accounts."""

    @describe(
        takes=AccountWanted,
        answers={201: AccountMade},
        takes_example={"username": "mira", "email": "mira@example.org", "name": "Mira Sand"},
        example={"username": "mira", "uuid": "0f2f7c8e-2b9f-4d5b-8f6c-6e1d2c3b4a59"},
    )
    def post(self, request: Request) -> Response:
        """Make an account.

        It proves nothing: what waits for a name becomes the account's once the name is bound.
        """
        del request
        require_permission(self.by, Permission.ACCOUNTS_CREATE)
        wanted = self.read_body(AccountWanted)
        new = NewAccount(
            username=wanted.username,
            email=wanted.email,
            name=wanted.name,
            password=wanted.password,
        )
        (made,) = create_accounts(accounts=[new], at=self.at)
        where = f"/api/enrollment/v2/learners/{quote(made.username)}"
        answer = AccountMade(made.username, str(made.uuid))
        return Response(answer, status=HTTPStatus.CREATED, headers={"Location": where})


class RetirementView(EnrollmentView):
    """The end of an account."""

    @describe(
        takes=RetirementWanted,
        answers={200: RetirementDone},
        refuses=[404],
        takes_example={"reason": "asked to be forgotten"},
        example={"identities": 3, "roles": 0, "conflicts": 1},
    )
    def post(self, request: Request, username: str) -> Response:
        """Erase the person behind an account; what they did stays countable."""
        del request
        require_permission(self.by, Permission.ACCOUNTS_RETIRE)
        wanted = self.read_body(RetirementWanted)
        account = get_account(username=username)
        done = retire_account(account=account, by=self.by, at=self.at, reason=wanted.reason)
        return Response(RetirementDone(done.identities, done.roles, done.conflicts))
