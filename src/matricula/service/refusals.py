"""Refusals: answers of no, with a code that machines may rely on.

Five kinds say what sort of no it is; each concrete refusal stands beside the function that raises
it. In bulk work a row's trouble is a verdict instead (see ``verdicts``).
"""

from typing import ClassVar


class Refusal(Exception):
    """An expected no. ``str()`` of it is fit for the person who asked."""

    code: ClassVar[str] = "refused"


class NotFound(Refusal):
    """What was named does not exist, or the one who asks may not know that it does."""

    code = "not-found"


class NotAllowed(Refusal):
    """The actor may not do this."""

    code = "not-allowed"


class Conflict(Refusal):
    """What is stored already stands against it."""

    code = "conflict"


class Invalid(Refusal):
    """The request itself cannot be right."""

    code = "invalid"


class Unavailable(Refusal):
    """Something needed is not there now; later may work."""

    code = "unavailable"
