"""What a school answers of a person, and the ways in which its answer is refused."""

from datetime import datetime

import msgspec

from matricula.lms.kernel.api import Invalid

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


class SchoolAnswer(msgspec.Struct, frozen=True):
    """What a provider has proven to say. ``request_id`` is that of ours which it answers."""

    assertion_id: str
    expires_at: datetime
    request_id: str | None
    name_id: str
    name_id_format: str
    attributes: dict[str, list[str]]

    def find_value(self, name: str) -> str:
        """Return the attribute's value, or nothing if it has none, or several that differ."""
        values = set(self.attributes.get(name, []))
        return values.pop() if len(values) == 1 else ""


class AnswerRefused(Invalid):
    """A provider's answer is not taken. ``fault`` says why, and nothing of the person."""

    code = "answer-refused"

    def __init__(self, fault: str) -> None:
        """Keep what the log will say."""
        super().__init__(f"What the school answered is not taken: {fault}.")
        self.fault = fault


class MalformedAnswer(AnswerRefused):
    """It is no plain answer: too long, unreadable, or of a shape that is not let in."""

    code = "malformed-answer"


class UnprovenAnswer(AnswerRefused):
    """Its signature is missing, wrong, weak, or somebody else's."""

    code = "unproven-answer"


class MisdirectedAnswer(AnswerRefused):
    """It is from somebody else, or for somebody else."""

    code = "misdirected-answer"


class MistimedAnswer(AnswerRefused):
    """It holds no longer, or not yet."""

    code = "mistimed-answer"


class SignOnDenied(AnswerRefused):
    """The provider said no."""

    code = "sign-on-denied"


class UnaskedAnswer(AnswerRefused):
    """Nobody in this browser had asked, or it was too long ago."""

    code = "unasked-answer"


class UsedAnswer(AnswerRefused):
    """Somebody was signed in by it already."""

    code = "used-answer"


class NamelessAnswer(AnswerRefused):
    """It names nobody who could be found again."""

    code = "nameless-answer"
