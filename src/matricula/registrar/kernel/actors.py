"""Who acts: every public operation takes one as ``by=``."""

from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of actor; permissions hang on it (see partners)."""

    OPERATOR = "operator"
    """Somebody at the command line of the machine itself."""
    WORKER = "worker"
    """What the Registrar does by itself from time to time."""
    ACCOUNT = "account"
    """A person or a school's system with an account of the LMS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who acts, through what channel and under which request.

    ``key`` is an id or a technical name, never a person's name or address: it goes into logs.
    Roles are found by ``username``, and by ``email``, which is empty unless the LMS has said that
    it is verified.
    """

    kind: ActorKind
    key: str
    channel: str
    account_id: int | None = None
    username: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    is_staff: bool = False
    request_id: str = ""

    @property
    def name(self) -> str:
        """The name that is kept, such as ``account:17``."""
        return f"{self.kind}:{self.key}"
