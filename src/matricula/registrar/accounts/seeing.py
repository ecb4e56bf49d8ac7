"""Seeing somebody whom the LMS vouches for: they have an account from then on."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from matricula.registrar.accounts.models import Account


def see_account(
    *,
    uuid: UUID,
    username: str,
    email: str,
    is_email_verified: bool,
    is_staff: bool,
    at: datetime,
) -> Account:
    """Return their account with what the LMS says now. One query if it says nothing new.

    It is the LMS's uuid that tells people apart: whoever had the username before, and is another,
    keeps their account and loses the name.
    """
    said = {
        "username": username,
        "email": email,
        "is_email_verified": is_email_verified,
        "is_staff": is_staff,
    }
    account = Account.objects.filter(uuid=uuid).first()
    if account is not None and all(getattr(account, name) == said[name] for name in said):
        return account
    try:
        return _write(uuid, said, at)
    except IntegrityError:  # account_uuid_key, account_username_key: seen twice at once
        return _write(uuid, said, at)


@transaction.atomic
def _write(uuid: UUID, said: dict[str, object], at: datetime) -> Account:
    namesakes = Account.objects.filter(username=said["username"]).exclude(uuid=uuid)
    for namesake in namesakes:
        namesake.username = f"{namesake.uuid}"
        namesake.save(update_fields=["username"])
    account, _ = Account.objects.update_or_create(
        uuid=uuid,
        defaults={**said, "seen_at": at},
        create_defaults={**said, "uuid": uuid, "seen_at": at, "password": make_password(None)},
    )
    return account
