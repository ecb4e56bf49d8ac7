"""Signing in by a school: whose account it is, made if there is none.

An account is found by the provider and its subject alone. An address that the school names is
never a reason to let somebody into an account that is there already.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zlib import crc32

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import (
    Account,
    InvalidAccount,
    NewAccount,
    UsernameTaken,
    create_accounts,
)
from matricula.lms.kernel.api import (
    UNSTORABLE,
    Actor,
    ActorKind,
    Conflict,
    Lock,
    lock_until_commit,
)
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.calling_accounts import propose_usernames
from matricula.lms.sign_on.models import Assertion, Provider, Settlement

MOST_TRIES = 20
NAME_LENGTH = 255
KEPT_OF_A_KEY = 1000
"""Characters of a key that are kept, also of one that is too long to be used."""


class JoinedElsewhere(Conflict):
    """That person of the school signs in to another account."""

    code = "joined-elsewhere"


@dataclass(frozen=True, slots=True)
class Entry:
    """Who has come in."""

    social_account: SocialAccount
    account: Account
    is_new: bool


def sign_in(
    *, provider: Provider, asserted: Asserted, joining: Account | None, by: Actor, at: datetime
) -> Entry:
    """Find the account of somebody whom a school asserts, or make one, or join it to one.

    All or nothing; who comes twice at once gets one account. What was said of the student key is
    kept, to be settled (``settle_assertion``).

    Raises:
        JoinedElsewhere: they were to be joined to an account, and are another's already.
        PermissionMissing: the actor is no sign-on.
    """
    require_permission(by, Permission.ACCOUNTS_CREATE)
    require_permission(by, Permission.IDENTITIES_ASSERT, organization_id=provider.organization_id)
    with transaction.atomic():
        lock_until_commit(Lock.SUBJECT, [_number(provider, asserted)])
        social = find_social_account(slug=provider.slug, subject=asserted.subject)
        is_new = social is None
        if social is None:
            account = joining or _make_account(provider, asserted, at=at)
            social = SocialAccount.objects.create(
                user=account, provider=provider.slug, uid=asserted.subject
            )
        elif joining is not None and social.user_id != joining.pk:
            raise JoinedElsewhere(f"That person of {provider.title} signs in to another account.")
        _keep_assertion(provider, social, asserted, at=at)
    return Entry(social, social.user, is_new)


def find_social_account(*, slug: str, subject: str) -> SocialAccount | None:
    """Return how that person of the provider signs in, if they ever did."""
    found = SocialAccount.objects.select_related("user")
    return found.filter(provider=slug, uid=subject).first()


def speak_for(provider: Provider, *, request_id: str = "") -> Actor:
    """Return the school's sign-on as the one who acts."""
    return Actor(
        kind=ActorKind.SIGN_ON,
        key=provider.slug,
        channel="sign-on",
        organization_id=provider.organization_id,
        request_id=request_id,
    )


def _number(provider: Provider, asserted: Asserted) -> int:
    """Return what stands for the person among locks, whose numbers have 32 bits."""
    return crc32(f"{provider.slug}\0{asserted.subject}".encode()) - 2**31


def _keep_assertion(
    provider: Provider, social: SocialAccount, asserted: Asserted, *, at: datetime
) -> None:
    values = {
        "provider": provider,
        "asserted_key": (asserted.student_key or "")[:KEPT_OF_A_KEY],
        "settlement": Settlement.UNSETTLED,
        "asserted_at": at,
        "tries": 0,
    }
    Assertion.objects.update_or_create(social_account=social, defaults=values)


def _make_account(provider: Provider, asserted: Asserted, *, at: datetime) -> Account:
    for username in islice(propose_usernames(asserted), MOST_TRIES):
        try:
            account = _try_account(username, asserted, at=at)
        except UsernameTaken:
            continue  # by somebody who came at the same moment
        _keep_address(provider, asserted, account)
        return account
    raise UsernameTaken("No username could be found.")


def _try_account(username: str, asserted: Asserted, *, at: datetime) -> Account:
    name = UNSTORABLE.sub(" ", asserted.name).strip()[:NAME_LENGTH]
    draft = NewAccount(username=username, email=asserted.email, name=name)
    try:
        return create_accounts(accounts=[draft], at=at)[0]
    except InvalidAccount:  # the address can be no address: they can add one
        draft = NewAccount(username=username, email="", name=name)
        return create_accounts(accounts=[draft], at=at)[0]


def _keep_address(provider: Provider, asserted: Asserted, account: Account) -> None:
    """Keep the address as one to be verified, or as verified if the school may prove it."""
    if not account.email:
        return
    address = EmailAddress(user=account, email=account.email.lower(), primary=True)
    address.verified = _is_proven(provider, asserted)
    try:
        with transaction.atomic():
            address.save()
    except IntegrityError:  # unique_verified_email: it is proven to be another account's
        address.verified = False
        address.save()


def _is_proven(provider: Provider, asserted: Asserted) -> bool:
    domain = asserted.email.rpartition("@")[2].lower()
    return asserted.email_is_proven and domain in provider.trusted_domains
