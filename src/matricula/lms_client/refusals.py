"""What may go wrong between us and the LMS, told apart."""

from collections.abc import Sequence

from matricula.lms_client.plan_records import Moved


class LmsTrouble(Exception):
    """The LMS did not do what was asked. ``str()`` of it may be shown."""


class LmsUnreachable(LmsTrouble):
    """Nobody answered in time, often enough tried. A write may have been carried out."""


class LmsBusy(LmsTrouble):
    """It answers, and cannot now (429, 503). ``retry_after`` is in seconds, if it said so."""

    def __init__(self, message: str, *, retry_after: float | None) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.retry_after = retry_after


class LmsBroken(LmsTrouble):
    """It answers with a malfunction, or with something that is no answer of an LMS."""


class LmsRefused(LmsTrouble):
    """It refuses. ``code`` is the refusal's, stable; ``request_id`` is in its logs and ledger."""

    def __init__(self, message: str, *, status: int, code: str, request_id: str) -> None:
        """Keep what machines go by."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id


class LmsNotFound(LmsRefused):
    """What was named does not exist, or this client may not know that it does."""


class LmsNotAllowed(LmsRefused):
    """The client may not do this, or its credentials are not good (401, 403)."""


class PlanStale(LmsRefused):
    """Rows are no longer what a plan was made for. Nothing is written, and it is never applied.

    ``moved`` has the first of them, ``moved_count`` is how many there are.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        request_id: str,
        moved_count: int,
        moved: Sequence[Moved],
    ) -> None:
        """Keep what has moved."""
        super().__init__(message, status=status, code=code, request_id=request_id)
        self.moved_count = moved_count
        self.moved = moved
