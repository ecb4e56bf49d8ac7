"""Moving ways in by a school from one account of a person to their other one."""

from allauth.socialaccount.models import SocialAccount

from matricula.lms.sign_on.models import Assertion, Settlement


def move_sign_ons(*, source_id: int, into_id: int) -> int:
    """Let the schools' sign-ons of one account lead to another, and return how many.

    What stood against settling their assertions may have gone with the merge: all that are a
    conflict are tried again. Within the caller's transaction, which holds both accounts' rows and
    their assertions.
    """
    both = Assertion.objects.filter(social_account__user__in=[source_id, into_id])
    both.filter(settlement=Settlement.CONFLICT).update(settlement=Settlement.UNSETTLED)
    return int(SocialAccount.objects.filter(user=source_id).update(user=into_id))
