"""Who acts when somebody types a command, and when."""

import getpass
from datetime import UTC, datetime
from uuid import uuid4

from matricula.lms.kernel.api import Actor, ActorKind


def operator() -> Actor:
    """Return the actor of this command: whoever is logged in on this machine."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        login = "unknown"
    return Actor(kind=ActorKind.OPERATOR, key=login, channel="command", request_id=uuid4().hex)


def now() -> datetime:
    """Return the moment: the domain never asks the clock, its callers do."""
    return datetime.now(UTC)
