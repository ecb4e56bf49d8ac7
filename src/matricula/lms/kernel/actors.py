"""Who acts: every public operation takes one as ``by=``, and the ledger keeps its name."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of actor; permissions hang on it (see the access app)."""

    OPERATOR = "operator"
    """Somebody at the command line of the machine itself."""
    SIGN_ON = "sign-on"
    """A school's single sign-on, which speaks for that school's students and no others; or,
    without an organization, the mail that proves an address."""
    SERVER = "server"
    """Another server of the platform, which knows the secret that the two share."""
    ACCOUNT = "account"
    """A person with an account, in the browser or through an API."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who acts, through what channel (``command``, ``rest``, ``admin``) and under which request.

    ``key`` is an id or a technical name, never a person's name or address: it is written into the
    ledger and the logs. ``organization_id`` is whose sign-on it is. ``roles`` are those of the
    account, each with its organization or None for everywhere, if they were just read: for one
    request and no longer. Without them they are read whenever a permission is asked for.
    """

    kind: ActorKind
    key: str
    channel: str
    account_id: int | None = None
    organization_id: int | None = None
    request_id: str = ""
    roles: tuple[tuple[str, int | None], ...] | None = None

    @property
    def name(self) -> str:
        """The name the ledger keeps, such as ``account:17``."""
        return f"{self.kind}:{self.key}"
