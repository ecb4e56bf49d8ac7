"""Making accounts, any number at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from matricula.lms.accounts.models import Account
from matricula.lms.kernel.api import UNSTORABLE, Conflict, Invalid, quote


class UsernameTaken(Conflict):
    """An account has that username already, letter case ignored."""

    code = "username-taken"


class InvalidAccount(Invalid):
    """A username, address, name or password cannot be used; the message says why."""

    code = "invalid-account"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """What an account is made of. Without a password nobody can sign in with one."""

    username: str
    email: str
    password: str | None = None
    name: str = ""
    is_staff: bool = False


def create_accounts(*, accounts: Sequence[NewAccount], at: datetime) -> list[Account]:
    """Make accounts in one statement, all or none, and return them in the order given.

    Whoever calls has asked for the permission: making an account grants nothing by itself.

    Raises:
        InvalidAccount: a username, address, name or password cannot be used.
        UsernameTaken: a username is in use, or given twice.
    """
    drafts = [_draft(given, at=at) for given in accounts]
    _require_free([draft.username for draft in drafts])
    return _insert(drafts)


def _draft(given: NewAccount, *, at: datetime) -> Account:
    draft = Account(
        username=Account.normalize_username(given.username).strip(),
        email=given.email.strip(),
        name=given.name.strip(),
        is_staff=given.is_staff,
        date_joined=at,
    )
    if UNSTORABLE.search(draft.name):
        message = _("Account %(username)s: name: it has control characters.") % {
            "username": quote(draft.username)
        }
        raise InvalidAccount(message)
    try:
        draft.clean_fields(exclude={"password"})
        if given.password is not None:
            validate_password(given.password, draft)
    except ValidationError as error:
        message = _("Account %(username)s: %(error)s") % {
            "username": quote(draft.username),
            "error": _explain(error),
        }
        raise InvalidAccount(message) from error
    draft.password = make_password(given.password)
    return draft


def _explain(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    said = error.message_dict.items()
    return " ".join(f"{name}: {' '.join(messages)}" for name, messages in said)


def _insert(drafts: list[Account]) -> list[Account]:
    try:
        with transaction.atomic():
            return Account.objects.bulk_create(drafts, batch_size=5000)
    except IntegrityError as error:  # one_account_per_username, or the column's own unique
        message = _("A username is in use, or was given twice.")
        raise UsernameTaken(message) from error


def _require_free(usernames: list[str]) -> None:
    taken = (
        Account.objects.annotate(lowered=Lower("username"))
        .filter(lowered__in=[username.lower() for username in usernames])
        .values_list("username", flat=True)
        .first()
    )
    if taken is not None:
        message = _("Username %(taken)r is in use.") % {"taken": taken}
        raise UsernameTaken(message)
