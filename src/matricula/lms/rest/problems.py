"""What the LMS's refusals become in HTTP, and the envelopes of its surfaces."""

from matricula.lms.kept_answers.api import KeyUsedOtherwise
from matricula.lms.rosters.api import RosterTooLarge
from matricula.service.problems import (
    MALFUNCTION,
    RETRY_SECONDS,
    Handler,
    Problem,
    Problems,
    describe_problem,
)

__all__ = ["MALFUNCTION", "RETRY_SECONDS", "Handler", "Problem"]

_PROBLEMS = Problems({KeyUsedOtherwise: 422, RosterTooLarge: 413}, page="pages/trouble.html")

STATUSES = _PROBLEMS.statuses
find_problem = _PROBLEMS.find
enveloping = _PROBLEMS.enveloping

answer_problem = enveloping(describe_problem, content_type="application/problem+json")
"""RFC 9457, of our own surfaces."""
answer_detail = enveloping(lambda problem, _: {"detail": problem.words})
"""REST framework's own."""
answer_message = enveloping(lambda problem, _: {"message": problem.words})
"""Of edX's Enrollment API."""
answer_developer_message = enveloping(lambda problem, _: {"developer_message": problem.words})
"""Of edX's Program Enrollments API; errors with an ``error_code`` are that surface's own."""

answer_bad_request = _PROBLEMS.answer_bad_request
answer_forbidden = _PROBLEMS.answer_forbidden
answer_unknown_address = _PROBLEMS.answer_unknown_address
answer_malfunction = _PROBLEMS.answer_malfunction
