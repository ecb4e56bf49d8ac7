"""Who acts when somebody types a command of the Registrar, when, and on what database."""

import getpass
from datetime import UTC, datetime
from uuid import uuid4

from matricula import postgres
from matricula.registrar.kernel.api import Actor, ActorKind
from matricula.service.migrating import require_migrated

MIGRATE = "matricula registrar migrate"


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


def require_database() -> None:
    """Answer with silence if the Registrar's database is there and of this version."""
    postgres.database_url(postgres.Database.REGISTRAR)
    require_migrated(command=MIGRATE)
