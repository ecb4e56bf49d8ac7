"""What each status of a program enrollment means, as data (ADR 0008).

The words are the school's and the wire's. ``pending`` is admitted and not yet confirmed; it has
nothing to do with waiting.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """What somebody with this status may do."""

    name: str
    may_see_program: bool
    may_study: bool
    is_counted: bool
    reason: str
    """Why its courses do not work, in words; empty where they do."""


STATUSES = {
    status.name: status
    for status in (
        Status("enrolled", may_see_program=True, may_study=True, is_counted=True, reason=""),
        Status("pending", may_see_program=True, may_study=True, is_counted=True, reason=""),
        Status(
            "suspended",
            may_see_program=False,
            may_study=False,
            is_counted=True,
            reason="the program enrollment is suspended",
        ),
        Status(
            "canceled",
            may_see_program=False,
            may_study=False,
            is_counted=False,
            reason="the program enrollment is canceled",
        ),
        Status("ended", may_see_program=False, may_study=True, is_counted=False, reason=""),
    )
}

STUDYING = sorted(status.name for status in STATUSES.values() if status.may_study)
"""The statuses that let the courses of a program enrollment work."""
