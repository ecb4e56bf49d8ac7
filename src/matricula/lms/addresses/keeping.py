"""Keeping addresses: of accounts that nobody filled in a form for, and what each is good for."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.models import AddressProof, Answer
from matricula.lms.identities.api import map_accounts_of_addresses
from matricula.lms.kernel.api import fold


def keep_own_address(*, account: Account, at: datetime) -> None:
    """See to it that the account's ``email`` is among its addresses, verified if it holds it.

    Whoever calls has made the account, or has its person before them: nothing is granted by it.
    """
    email = fold(account.email)
    if not email or EmailAddress.objects.filter(user=account, email=email).exists():
        return
    holds = map_accounts_of_addresses(addresses=[email]).get(email) == account.pk
    is_first = not EmailAddress.objects.filter(user=account, primary=True).exists()
    others = EmailAddress.objects.filter(email=email, verified=True)
    is_verified = holds and not others.exists()
    address, is_new = EmailAddress.objects.get_or_create(
        user=account, email=email, defaults={"verified": is_verified, "primary": is_first}
    )
    if is_new and is_verified:
        AddressProof.objects.create(
            address=address, proven_at=at, answer=Answer.BOUND, answered_at=at
        )


def may_reset_by(*, account: Account, email: str) -> bool:
    """Whether a link to a new password may be sent to an address of the account.

    To one that it has proven; to another only while nobody has any other way back in.
    """
    addresses = EmailAddress.objects.filter(user=account)
    if addresses.filter(email=fold(email), verified=True).exists():
        return True
    is_shared = addresses.filter(verified=True).exists()
    return not is_shared and not SocialAccount.objects.filter(user=account).exists()
