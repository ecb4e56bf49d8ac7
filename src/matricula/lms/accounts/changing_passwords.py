"""Changing passwords."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from matricula.lms.accounts.creating import InvalidAccount
from matricula.lms.accounts.models import Account
from matricula.lms.accounts.reading import get_account


def set_password(*, username: str, password: str) -> Account:
    """Give an account another password, and return it. Whoever calls has asked who may.

    Raises:
        InvalidAccount: the password is too easily guessed.
        UnknownAccount: there is no such account.
    """
    account = get_account(username=username)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise InvalidAccount(" ".join(error.messages)) from error
    account.set_password(password)
    account.save(update_fields=["password"])
    return account
