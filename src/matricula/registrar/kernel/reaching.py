"""Reaching the LMS, and saying in our words what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from matricula.lms_client.api import (
    Access,
    HttpLms,
    Lms,
    LmsBroken,
    LmsBusy,
    LmsNotAllowed,
    LmsUnreachable,
    Token,
)
from matricula.service.refusals import Unavailable

SECONDS_OF_A_REQUEST = 5.0
"""How long somebody who waits for an answer is kept waiting for the LMS's."""


class LmsNotSetUp(Unavailable):
    """There are no credentials for the LMS."""

    code = "lms-not-set-up"


class LmsIsUnreachable(Unavailable):
    """Nobody answers at the LMS."""

    code = "lms-unreachable"


class LmsIsBusy(Unavailable):
    """The LMS answers, and cannot now."""

    code = "lms-busy"

    def __init__(self, words: str, *, retry_after: float | None = None) -> None:
        """Keep for how many seconds it wants to be left alone, if it said so."""
        super().__init__(words)
        self.retry_after = retry_after


class LmsIsBroken(Unavailable):
    """The LMS answers with a malfunction, or with rubbish."""

    code = "lms-broken"


class LmsRefusesUs(Unavailable):
    """The LMS does not let the Registrar do this."""

    code = "lms-refuses-us"


@contextmanager
def reaching_lms(*, patiently: bool = True) -> Iterator[Lms]:
    """Give the LMS for a block; what goes wrong with it becomes a refusal of ours.

    ``patiently`` tries several times; who answers somebody that waits does not.

    Raises:
        LmsIsBroken, LmsIsBusy, LmsIsUnreachable, LmsNotSetUp, LmsRefusesUs: it is so. What the
            LMS does not know stays ``LmsNotFound``.
    """
    with telling_trouble():
        if settings.REACH_LMS is not None:
            yield settings.REACH_LMS()
            return
        access = lms_access(patiently=patiently)
        token = _share_token(access.url, access.client_id, access.client_secret)
        with HttpLms(access, token=token) as lms:
            yield lms


def lms_access(*, patiently: bool = True) -> Access:
    """Return where the LMS is and as whom we call it.

    Raises:
        LmsNotSetUp: nobody has said so.
    """
    client_id, client_secret = str(settings.LMS_CLIENT_ID), str(settings.LMS_CLIENT_SECRET)
    if not client_id or not client_secret:
        raise LmsNotSetUp(_("LMS_CLIENT_ID and LMS_CLIENT_SECRET are not set."))
    if patiently:
        return Access(url=settings.LMS_URL, client_id=client_id, client_secret=client_secret)
    return Access(
        url=settings.LMS_URL,
        client_id=client_id,
        client_secret=client_secret,
        read_seconds=SECONDS_OF_A_REQUEST,
        roster_seconds=SECONDS_OF_A_REQUEST,
        attempts=1,
    )


@lru_cache(maxsize=8)
def _share_token(url: str, client_id: str, client_secret: str) -> Token:
    """Return the process's token: the LMS lets an address ask for some sixty a minute, no more."""
    del url, client_id, client_secret
    return Token()


@contextmanager
def telling_trouble() -> Iterator[None]:
    """Turn the LMS's trouble into refusals of ours; ``LmsNotFound`` and row troubles stay.

    Raises:
        LmsIsBroken, LmsIsBusy, LmsIsUnreachable, LmsRefusesUs: it is so.
    """
    try:
        yield
    except LmsUnreachable as trouble:
        raise LmsIsUnreachable(str(trouble)) from trouble
    except LmsBusy as trouble:
        raise LmsIsBusy(str(trouble), retry_after=trouble.retry_after) from trouble
    except LmsBroken as trouble:
        raise LmsIsBroken(str(trouble)) from trouble
    except LmsNotAllowed as trouble:
        raise LmsRefusesUs(
            _("The LMS refuses the Registrar: %(trouble)s") % {"trouble": trouble}
        ) from trouble
