"""What a provider says of somebody, whatever protocol it speaks."""

from dataclasses import dataclass

from matricula.lms.kernel.api import UNSTORABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Asserted:
    """A person, in the words of their school.

    ``subject`` is whom the provider means, for ever; ``student_key`` what the school's rosters
    call them, None if it was not said. ``email_is_proven`` is the provider's own word for it.
    """

    subject: str
    student_key: str | None
    username: str = ""
    name: str = ""
    email: str = ""
    email_is_proven: bool = False


def as_key(said: object) -> str | None:
    """Return a claim's value as a student key, or None if there is none in it.

    Whole numbers are keys as well; a list is one if it has one member. What no database can keep
    becomes a control character, which makes it no usable key.
    """
    if isinstance(said, list) and len(said) == 1:
        return as_key(said[0])
    if isinstance(said, bool) or not isinstance(said, str | int):
        return None
    return UNSTORABLE.sub("\x01", str(said).strip()) or None
