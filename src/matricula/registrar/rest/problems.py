"""What the Registrar's refusals become in HTTP, and its envelope."""

from typing import Any

from matricula.registrar.kernel.api import LmsIsBroken, LmsIsUnreachable, LmsRefusesUs
from matricula.registrar.uploads.api import RowsNotTaken
from matricula.service.problems import Handler, Problem, Problems

__all__ = ["Handler"]

_PROBLEMS = Problems(
    {RowsNotTaken: 502, LmsIsBroken: 502, LmsRefusesUs: 502, LmsIsUnreachable: 504},
    page="registrar/trouble.html",
)

enveloping = _PROBLEMS.enveloping


def _tell(problem: Problem, _: object) -> Any:  # noqa: ANN401  JSON is anything
    if isinstance(problem.words, str):
        return {"detail": problem.words, "code": problem.code}
    return problem.words


answer_detail = enveloping(_tell)
"""REST framework's own, with a code that machines may rely on."""

BAD_REQUEST = 400
NO_FILE, JOB_IN_PROGRESS = "no-file", "job-in-progress"


def _tell_writer(problem: Problem, _: object) -> Any:  # noqa: ANN401  JSON is anything
    """Tell trouble with a write as edX's Registrar does (contract 2.2 and 2.4)."""
    if problem.code == JOB_IN_PROGRESS:
        return problem.words
    is_of_rows = problem.status == BAD_REQUEST and problem.code != NO_FILE
    if is_of_rows and isinstance(problem.words, str):
        return [problem.words]
    return _tell(problem, None)


answer_write = enveloping(_tell_writer)
"""A sentence where something is going on, a list of one where the rows cannot be read."""

answer_bad_request = _PROBLEMS.answer_bad_request
answer_forbidden = _PROBLEMS.answer_forbidden
answer_unknown_address = _PROBLEMS.answer_unknown_address
answer_malfunction = _PROBLEMS.answer_malfunction
