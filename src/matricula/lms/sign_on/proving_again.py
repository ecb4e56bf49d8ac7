"""Proving again who one is, before a way into the account is opened or closed."""

import time

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest


def require_recent_proof(request: HttpRequest) -> None:
    """Ask for the password again unless somebody has just signed in, or has none."""
    if not has_proven_recently(request):
        raise_if_reauthentication_required(request, app="allauth.socialaccount")


def has_proven_recently(request: HttpRequest) -> bool:
    """Tell whether somebody has signed in, or given their password again, just now."""
    records = get_authentication_records(request, request.user)
    newest: float = max((each["at"] for each in records), default=0)
    return time.time() - newest <= float(REAUTHENTICATION_TIMEOUT)
