"""Joining: by which schools people sign in to an account, and whether that has gone well."""

from dataclasses import dataclass
from datetime import datetime

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.api import find_bound_id, student_key
from matricula.lms.kernel.api import Actor
from matricula.lms.sign_on.models import Assertion, Settlement
from matricula.lms.sign_on.signing_in import speak_for
from matricula.lms.sign_on.telling import find_word

AT_ODDS = {Settlement.CONFLICT, Settlement.CHANGED}
"""What support may have mended without the provider."""


@dataclass(frozen=True, slots=True)
class JoinedProvider:
    """A provider whose person signs in to an account, since when, and whether they can now.

    ``settlement`` is what became of the student key that it said last, ``word`` what is to be told
    of that; empty where all is well.
    """

    slug: str
    title: str
    joined_at: datetime
    is_open: bool
    settlement: Settlement
    word: str


def list_joined(*, account_id: int, by: Actor) -> list[JoinedProvider]:
    """Return the providers by which people sign in to the actor's own account, or to any.

    One query, and one for each that is at odds with the account.

    Raises:
        PermissionMissing: the actor may not read enrollments everywhere, and it is not about them.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id)
    found = Assertion.objects.select_related("provider", "social_account")
    mine = found.filter(social_account__user=account_id)
    return [_outline(each) for each in mine.order_by("provider__title", "pk")]


def _outline(assertion: Assertion) -> JoinedProvider:
    provider, settlement = assertion.provider, Settlement(assertion.settlement)
    if settlement in AT_ODDS and _is_mended(assertion):
        settlement = Settlement.BOUND
    return JoinedProvider(
        slug=provider.slug,
        title=provider.title,
        joined_at=assertion.social_account.date_joined,
        is_open=provider.is_on and not provider.is_test,
        settlement=settlement,
        word=find_word(settlement, title=provider.title) or "",
    )


def _is_mended(assertion: Assertion) -> bool:
    """Tell whether support has given the account its key since; the next sign-in will see it."""
    organization_id = assertion.provider.organization_id
    name = student_key(assertion.asserted_key, organization_id=organization_id)
    account_id = assertion.social_account.user_id
    by = speak_for(assertion.provider)
    return find_bound_id(name=name, account_id=account_id, by=by) is not None
