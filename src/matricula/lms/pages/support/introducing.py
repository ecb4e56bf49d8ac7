"""Introducing an account to staff: as much of who it is as they may see anyway."""

from dataclasses import dataclass
from datetime import datetime

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import get_learner


@dataclass(frozen=True, slots=True)
class Introduced:
    """Who an account is; what whoever looks may not see is blank."""

    username: str
    name: str
    email: str
    date_joined: datetime
    last_login: datetime | None


def introduce_account(account: Account, *, by: Actor) -> Introduced:
    """Return who an account is: its address to who reads everywhere, its name to its schools.

    Of anybody else a school's agent knows no more than the username that they were told.
    """
    sees_all = has_permission(by, Permission.ENROLLMENTS_READ)
    return Introduced(
        username=account.username,
        name=account.name if sees_all or _is_in_sight(account, by=by) else "",
        email=account.email if sees_all else "",
        date_joined=account.date_joined,
        last_login=account.last_login,
    )


def _is_in_sight(account: Account, *, by: Actor) -> bool:
    try:
        get_learner(username=account.username, by=by)
    except UnknownAccount:
        return False
    return True
