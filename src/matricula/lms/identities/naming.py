"""Naming an identity from outside: by its issuer and value, never by our id."""

from dataclasses import dataclass
from uuid import UUID

from matricula.lms.identities.models import Kind
from matricula.lms.kernel.api import Invalid, NotFound, find_key_fault, fold, strip_key

_CALLED = {Kind.STUDENT_KEY: "student key", Kind.EMAIL: "address", Kind.ACCOUNT: "uuid"}


class InvalidName(Invalid):
    """The name cannot be an identity's."""

    code = "invalid-key"


class UnknownIdentity(NotFound):
    """Nobody has mentioned that name yet."""

    code = "identity-not-found"


@dataclass(frozen=True, slots=True)
class IdentityName:
    """What an issuer calls a person. ``organization_id`` is for student keys alone."""

    kind: Kind
    value: str
    organization_id: int | None = None

    @property
    def stored(self) -> str:
        """The value as it is kept."""
        return strip_key(self.value)

    @property
    def folded(self) -> str:
        """The value as it is compared."""
        return fold(self.value)

    @property
    def key(self) -> tuple[str, int | None, str]:
        """What makes two names the same."""
        return (self.kind.value, self.organization_id, self.folded)

    @property
    def is_uuid(self) -> bool:
        """Whether the value is written as an account's own is."""
        try:
            return str(UUID(self.folded)) == self.folded
        except ValueError:
            return False

    def find_fault(self) -> str | None:
        """Say in words why the name cannot be stored, or None if it can."""
        if self.kind is Kind.STUDENT_KEY and self.organization_id is None:
            return "a student key needs the organization that gives it"
        if self.kind is not Kind.STUDENT_KEY and self.organization_id is not None:
            return "only a student key has an organization"
        return find_key_fault(self.stored, what=_CALLED[self.kind])

    def require_storable(self) -> None:
        """Answer with silence if the name can be stored.

        Raises:
            InvalidName: its value is blank, too long, or has control or invisible characters; or
                it is a student key without an organization, or another kind with one.
        """
        if fault := self.find_fault():
            message = f"Not a possible {Kind(self.kind).label.lower()}: {fault}."
            raise InvalidName(message)


def student_key(value: str, *, organization_id: int) -> IdentityName:
    """Name a student as their school does."""
    return IdentityName(Kind.STUDENT_KEY, value, organization_id)


def email_address(value: str) -> IdentityName:
    """Name whoever reads mail at that address."""
    return IdentityName(Kind.EMAIL, value)


def account_itself(uuid: UUID) -> IdentityName:
    """Name an account by itself, for what is given to it directly."""
    return IdentityName(Kind.ACCOUNT, str(uuid))
