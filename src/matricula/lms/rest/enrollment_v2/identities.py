"""Identities: whose a name is, and linking by staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import get_account, map_account_ids, map_usernames
from matricula.lms.identities.api import (
    Binding,
    Claim,
    Identity,
    IdentityName,
    Kind,
    Via,
    bind_identities,
    get_identity,
    rebind_identity,
    unbind_identity,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.rest.enrollment_v2.accounts import Reason
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_organization
from matricula.lms.rest.enrollment_v2.reading import InvalidBody
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

MOST = 1_000

Value = Annotated[str, msgspec.Meta(max_length=1000)]
Username = Annotated[str, msgspec.Meta(max_length=150)]


class NameKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose name it is: a school's `student_key`, with the `organization`; or an `email`."""

    kind: Annotated[str, msgspec.Meta(pattern="^(student_key|email)$")] = "student_key"
    organization: str | None = None


class NamedIdentity(NameKind, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One name."""

    value: Value


class IdentityAnswer(msgspec.Struct, frozen=True):
    """A name, and whose it is; `account` is null while it waits or is retired."""

    kind: str
    organization: str | None
    value: str
    account: str | None
    bound_at: datetime | None
    bound_via: str | None
    waiting: bool


class BindingWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name, and the account that it is to be bound to."""

    value: Value
    username: Username


class BindingsWanted(NameKind, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names to bind, one or many, of one kind and school."""

    bindings: Annotated[Sequence[BindingWanted], msgspec.Meta(min_length=1, max_length=MOST)]
    reason: Reason


class BindingAnswer(msgspec.Struct, frozen=True):
    """How it ended: `bound`, `already`, `refused`, `unknown-account` or `invalid-key`.

    `account` is whose the name is now. What is refused is another's, and kept as a conflict.
    """

    value: str
    username: str
    outcome: str
    account: str | None
    reason: str = ""


class BindingsAnswer(msgspec.Struct, frozen=True):
    """Each binding's end, as they were sent."""

    results: Sequence[BindingAnswer]


class UnbindingWanted(NamedIdentity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name to take from its account."""

    reason: Reason


class RebindingWanted(NamedIdentity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name to move to another account, with everything made for it."""

    username: Username
    reason: Reason


class Moved(msgspec.Struct, frozen=True):
    """Whose the name is now, and whose it was; null is nobody."""

    account: str | None
    former: str | None


NAME = {"kind": "student_key", "organization": "RiverU", "value": "rv-17"}


class IdentityView(EnrollmentView):
    """One name."""

    @describe(
        query=NamedIdentity,
        answers={200: IdentityAnswer},
        refuses=[404],
        example={
            **NAME,
            "account": "mira",
            "bound_at": "2031-01-12T08:30:00Z",
            "bound_via": "sign_on",
            "waiting": False,
        },
    )
    def get(self, request: Request) -> Response:
        """Tell whose a name is, since when, and how that came about."""
        del request
        query = self.read_query(NamedIdentity)
        identity = get_identity(name=_name(query, by=self.by), by=self.by)
        return Response(_shape(identity, query.organization))


class BindingView(EnrollmentView):
    """Binding by staff."""

    @describe(
        takes=BindingsWanted,
        answers={200: BindingsAnswer},
        refuses=[404],
        takes_example={
            "kind": "student_key",
            "organization": "RiverU",
            "bindings": [{"value": "rv-17", "username": "mira"}],
            "reason": "saw her passport",
        },
        example={
            "results": [
                {
                    "value": "rv-17",
                    "username": "mira",
                    "outcome": "bound",
                    "account": "mira",
                    "reason": "",
                }
            ]
        },
    )
    def post(self, request: Request) -> Response:
        """Bind names to accounts; everything made for a name is the account's at once.

        A name that is another account's is refused and kept as a conflict.
        """
        del request
        wanted = self.read_body(BindingsWanted)
        issuer_id, kind = _find_issuer(wanted, by=self.by), Kind(wanted.kind)
        names = [IdentityName(kind, each.value, issuer_id) for each in wanted.bindings]
        require_linking(names[0], by=self.by)
        accounts = map_account_ids(usernames=[each.username for each in wanted.bindings])
        claims = {
            position: Claim(name, accounts[each.username])
            for position, (each, name) in enumerate(zip(wanted.bindings, names, strict=True))
            if each.username in accounts and name.find_fault() is None
        }
        bound = bind_identities(
            claims=list(claims.values()),
            via=Via.STAFF,
            by=self.by,
            at=self.at,
            reason=wanted.reason,
        )
        answers = dict(zip(claims, bound, strict=True))
        holders = map_usernames(account_ids=[each.holder_id for each in bound])
        return Response(
            BindingsAnswer(
                [
                    _judge(each, name, answers.get(position), holders)
                    for position, (each, name) in enumerate(
                        zip(wanted.bindings, names, strict=True)
                    )
                ]
            )
        )


class UnbindingView(EnrollmentView):
    """Unbinding by staff."""

    @describe(
        takes=UnbindingWanted,
        answers={200: Moved},
        refuses=[404],
        takes_example={**NAME, "reason": "bound to the wrong person"},
        example={"account": None, "former": "mira"},
    )
    def post(self, request: Request) -> Response:
        """Take a name from its account; what was made for it waits again."""
        del request
        wanted = self.read_body(UnbindingWanted)
        name = _name(wanted, by=self.by)
        holder = unbind_identity(name=name, by=self.by, at=self.at, reason=wanted.reason)
        return Response(Moved(None, map_usernames(account_ids=[holder])[holder]))


class RebindingView(EnrollmentView):
    """Rebinding by staff."""

    @describe(
        takes=RebindingWanted,
        answers={200: Moved},
        refuses=[404],
        takes_example={**NAME, "username": "noah", "reason": "the key was his"},
        example={"account": "noah", "former": "mira"},
    )
    def post(self, request: Request) -> Response:
        """Move a name to another account, with everything made for it."""
        del request
        wanted = self.read_body(RebindingWanted)
        name = _name(wanted, by=self.by)
        require_linking(name, by=self.by)
        account = get_account(username=wanted.username)
        former = rebind_identity(
            name=name, account_id=account.pk, by=self.by, at=self.at, reason=wanted.reason
        )
        was = None if former is None else map_usernames(account_ids=[former])[former]
        return Response(Moved(account.username, was))


def require_linking(name: IdentityName, *, by: Actor) -> None:
    """Answer with silence if the caller may link; who may not learns of no account.

    Raises:
        PermissionMissing: they may not.
    """
    require_permission(by, Permission.IDENTITIES_LINK, organization_id=name.organization_id)


def _name(given: NamedIdentity, *, by: Actor) -> IdentityName:
    return IdentityName(Kind(given.kind), given.value, _find_issuer(given, by=by))


def _find_issuer(given: NameKind, *, by: Actor) -> int | None:
    if given.kind == Kind.EMAIL and given.organization is None:
        return None
    if given.kind == Kind.STUDENT_KEY and given.organization is not None:
        return find_organization(given.organization, by=by).pk
    raise InvalidBody("organization: a student_key needs it, and an email has none.")


def _judge(
    wanted: BindingWanted, name: IdentityName, binding: Binding | None, holders: dict[int, str]
) -> BindingAnswer:
    value, username = wanted.value, wanted.username
    if binding is not None:
        holder = holders.get(binding.holder_id)
        return BindingAnswer(value, username, binding.outcome.value, holder)
    if fault := name.find_fault():
        return BindingAnswer(value, username, "invalid-key", None, fault)
    return BindingAnswer(value, username, "unknown-account", None, "there is no such account")


def _shape(identity: Identity, organization: str | None) -> IdentityAnswer:
    holder = identity.account_id
    return IdentityAnswer(
        kind=identity.kind,
        organization=organization,
        value=identity.value,
        account=None if holder is None else map_usernames(account_ids=[holder]).get(holder),
        bound_at=identity.bound_at,
        bound_via=identity.bound_via,
        waiting=holder is None and identity.retired_at is None,
    )
