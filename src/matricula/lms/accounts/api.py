"""The door of accounts."""

from matricula.lms.accounts.changing_passwords import set_password
from matricula.lms.accounts.creating import (
    InvalidAccount,
    NewAccount,
    UsernameTaken,
    create_accounts,
)
from matricula.lms.accounts.emptying import (
    close_account,
    close_merged_account,
    empty_account,
    lock_account,
    lock_accounts,
    lock_person,
)
from matricula.lms.accounts.models import Account
from matricula.lms.accounts.reading import (
    UnknownAccount,
    find_account,
    get_account,
    list_merged_accounts,
    map_account_ids,
    map_account_uuids,
    map_usernames,
)

__all__ = [
    "Account",
    "InvalidAccount",
    "NewAccount",
    "UnknownAccount",
    "UsernameTaken",
    "close_account",
    "close_merged_account",
    "create_accounts",
    "empty_account",
    "find_account",
    "get_account",
    "list_merged_accounts",
    "lock_account",
    "lock_accounts",
    "lock_person",
    "map_account_ids",
    "map_account_uuids",
    "map_usernames",
    "set_password",
]
