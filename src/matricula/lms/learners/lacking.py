"""Lacking: what stands between somebody with an account and what may be waiting for them."""

from collections.abc import Sequence

import msgspec

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import get_account
from matricula.lms.addresses.api import Standing, list_addresses
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.sign_on.api import list_joined

CLOSED = "Nobody can sign in to the account: it is closed."
OF_ADDRESSES = {
    Standing.UNPROVEN: "Nobody has followed the link that was mailed to {}.",
    Standing.ELSEWHERE: "What was made for {} is with another account; support decides.",
    Standing.COMING: "What was made for {} comes within minutes.",
}


class Lack(msgspec.Struct, frozen=True):
    """Something that is missing. ``what`` is the address or the school's sign-on, if it is one."""

    code: str
    what: str
    detail: str


def list_lacks(*, learner: Learner, by: Actor) -> Sequence[Lack] | None:
    """Return what an account's person has still to prove, or others to decide.

    None for somebody who waits without an account, and for an actor who is neither the person nor
    reads enrollments everywhere: addresses are not a school's to read.
    """
    account_id, username = learner.account_id, learner.username
    if account_id is None or username is None:
        return None
    if not has_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id):
        return None
    is_closed = not get_account(username=username).is_active
    closed = [Lack("account-closed", username, CLOSED)] if is_closed else []
    addresses = [
        Lack(f"address-{each.standing}", each.email, words.format(each.email))
        for each in list_addresses(account_id=account_id, by=by)
        if (words := OF_ADDRESSES.get(each.standing))
    ]
    schools = [
        Lack(f"sign-on-{each.settlement.replace('_', '-')}", each.slug, each.word)
        for each in list_joined(account_id=account_id, by=by)
        if each.word
    ]
    return [*closed, *addresses, *schools]
