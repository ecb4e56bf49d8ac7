"""Making, merging and retiring accounts."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

import msgspec
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import NewAccount, create_accounts, get_account
from matricula.lms.addresses.api import keep_own_address
from matricula.lms.people.api import merge_accounts, retire_account
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


class ErasedCounts(msgspec.Struct, frozen=True):
    """How much was erased of each kind; all zero if the person had been retired before."""

    accounts: int
    identities: int
    addresses: int
    sign_ons: int
    roles: int
    clients: int
    tokens: int
    sessions: int
    conflicts: int
    reasons: int
    roster_rows: int
    kept_answers: int
    queued_jobs: int
    mails: int
    log_entries: int
    request_counts: int


class KeptRows(msgspec.Struct, frozen=True):
    """What stays, how many rows of it, and why."""

    what: str
    count: int
    why: str


class RetirementDone(msgspec.Struct, frozen=True):
    """What was erased, and what was kept."""

    erased: ErasedCounts
    kept: tuple[KeptRows, ...]


class MergerWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which account the person goes on with, and why the two are one person's."""

    into: Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
    reason: Reason


class MergerDone(msgspec.Struct, frozen=True):
    """What went over; all zero if the accounts had been merged before.

    Of two grades in one course run the better stays: `grades_replaced` took the place of a worse
    one, `grades_dropped` were worse. Roles end with the account that is closed.
    """

    identities: int
    addresses: int
    sign_ons: int
    conflicts: int
    grades: int
    grades_replaced: int
    grades_dropped: int
    roles_ended: int
    tokens_ended: int
    sessions_ended: int


NOTHING_ERASED = dict.fromkeys(ErasedCounts.__struct_fields__, 0)
NOTHING_MOVED = dict.fromkeys(MergerDone.__struct_fields__, 0)
RETIRED = {
    "erased": {**NOTHING_ERASED, "accounts": 1, "identities": 3, "sessions": 1},
    "kept": [
        {
            "what": "program_enrollments",
            "count": 1,
            "why": "the school's own record and its counts; of a hash, not of a name",
        }
    ],
}


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
        with transaction.atomic():
            (made,) = create_accounts(accounts=[new], at=self.at)
            keep_own_address(account=made, at=self.at)
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
        example=RETIRED,
    )
    def post(self, request: Request, username: str) -> Response:
        """Erase the person behind an account; what they did stays countable."""
        del request
        require_permission(self.by, Permission.ACCOUNTS_RETIRE)
        wanted = self.read_body(RetirementWanted)
        account = get_account(username=username)
        done = retire_account(account=account, by=self.by, at=self.at, reason=wanted.reason)
        return Response(msgspec.convert(done, RetirementDone, from_attributes=True))


class MergerView(EnrollmentView):
    """The end of one of a person's two accounts."""

    @describe(
        takes=MergerWanted,
        answers={200: MergerDone},
        refuses=[404],
        takes_example={"into": "mira", "reason": "she showed both student cards"},
        example={**NOTHING_MOVED, "identities": 2, "grades": 1},
    )
    def post(self, request: Request, username: str) -> Response:
        """Give another account all that this one holds, and close this one."""
        del request
        require_permission(self.by, Permission.ACCOUNTS_MERGE)
        wanted = self.read_body(MergerWanted)
        source, into = get_account(username=username), get_account(username=wanted.into)
        merged = merge_accounts(
            source=source, into=into, by=self.by, at=self.at, reason=wanted.reason
        )
        return Response(msgspec.convert(merged, MergerDone, from_attributes=True))
