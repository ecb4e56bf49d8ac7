"""Finding a username for somebody whom only their school knows so far."""

import re
from collections.abc import Iterator
from secrets import randbelow

from matricula.lms.accounts.api import map_account_ids
from matricula.lms.sign_on.asserting import Asserted

LENGTH = 100
UNNAMED = "student"

_UNFIT = re.compile(r"[^\w.+-]+")


def propose_usernames(asserted: Asserted) -> Iterator[str]:
    """Yield usernames that nobody had when they were looked up, the plainest first, without end.

    Never an address: whoever signs in may write a username or an address, and must not mean
    somebody else's.
    """
    base = _choose_base(asserted)
    plain = [base, *(f"{base}{number}" for number in range(2, 20))]
    taken = map_account_ids(usernames=plain)
    yield from (each for each in plain if each not in taken)
    while True:
        yield f"{base}{100_000 + randbelow(900_000)}"


def _choose_base(asserted: Asserted) -> str:
    for said in (asserted.username, asserted.email, asserted.name):
        fit = _UNFIT.sub(".", said.partition("@")[0].strip()).strip(".")[:LENGTH]
        if fit:
            return fit
    return UNNAMED
