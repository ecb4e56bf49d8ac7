"""What each status lets somebody do."""

import pytest

from matricula.lms.program_enrollments.api import STATUSES, STUDYING


def test_the_five_statuses_are_those_of_the_wire() -> None:
    assert list(STATUSES) == ["enrolled", "pending", "suspended", "canceled", "ended"]


@pytest.mark.parametrize(
    ("status", "sees", "studies", "counts"),
    [
        ("enrolled", True, True, True),
        ("pending", True, True, True),
        ("suspended", False, False, True),
        ("canceled", False, False, False),
        ("ended", False, True, False),
    ],
)
def test_a_status_says_what_may_be_done(
    status: str, *, sees: bool, studies: bool, counts: bool
) -> None:
    found = STATUSES[status]
    assert (found.may_see_program, found.may_study, found.is_counted) == (sees, studies, counts)
    assert (status in STUDYING) is studies


def test_a_status_that_stops_study_says_why_and_no_other() -> None:
    for status in STATUSES.values():
        assert bool(status.reason) is not status.may_study
