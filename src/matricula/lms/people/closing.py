"""Closing one's own account: what only the person themselves may do without any role."""

from datetime import datetime

from django.utils.translation import gettext as _

from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, NotAllowed
from matricula.lms.people.retiring import Retirement, erase_person

REASON = "closed by the person"


class OnlyOwnAccount(NotAllowed):
    """Nobody may do this with the account of somebody else."""

    code = "only-own-account"


def close_own_account(*, account: Account, by: Actor, at: datetime) -> Retirement:
    """Retire the actor themselves, as ``retire_account`` does.

    Whoever calls has asked for a proof that it is them: it cannot be undone.

    Raises:
        AccountMerged: they go on with another account.
        OnlyOwnAccount: the account is not the actor's.
    """
    require_own(account_id=account.pk, by=by)
    return erase_person(account=account, by=by, at=at, reason=REASON)


def require_own(*, account_id: int, by: Actor) -> None:
    """Answer with silence if the account is the actor's.

    Raises:
        OnlyOwnAccount: it is not.
    """
    if by.account_id != account_id:
        raise OnlyOwnAccount(_("The account is somebody else's."))
