"""Moving addresses from one account of a person to their other one."""

from allauth.account.models import EmailAddress


def move_addresses(*, source_id: int, into_id: int) -> int:
    """Give the addresses of one account to another, and return how many went over.

    One that both have stays once, verified if either was. The other account's primary address
    stays that. Within the caller's transaction, which holds both accounts' rows.
    """
    theirs = EmailAddress.objects.filter(user=source_id)
    own = EmailAddress.objects.filter(user=into_id)
    shared = set(own.values_list("email", flat=True))
    verified = set(theirs.filter(verified=True).values_list("email", flat=True))
    theirs.filter(email__in=shared).delete()  # first: an address is verified for one account
    own.filter(email__in=shared & verified).update(verified=True)
    moved: int = theirs.update(user=into_id, primary=False)
    return moved
