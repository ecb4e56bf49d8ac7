"""Course modes, as data, in their declared order: a learner's mode is the highest they are given.

Slugs as in edX's platform.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of taking a course.

    ``is_verified_or_paid``: the old deduction read a program enrollment from it (ADR 0001).
    """

    slug: str
    is_verified_or_paid: bool


MODES = (
    Mode("audit", is_verified_or_paid=False),
    Mode("honor", is_verified_or_paid=False),
    Mode("unpaid-bootcamp", is_verified_or_paid=False),
    Mode("unpaid-executive-education", is_verified_or_paid=False),
    Mode("verified", is_verified_or_paid=True),
    Mode("no-id-professional", is_verified_or_paid=True),
    Mode("professional", is_verified_or_paid=True),
    Mode("paid-bootcamp", is_verified_or_paid=True),
    Mode("paid-executive-education", is_verified_or_paid=True),
    Mode("executive-education", is_verified_or_paid=True),
    Mode("credit", is_verified_or_paid=True),
    Mode("masters", is_verified_or_paid=True),
)
"""From the lowest to the highest."""

MODE_RANK = {mode.slug: rank for rank, mode in enumerate(MODES)}
"""The place of each slug in the order; higher wins."""

VERIFIED_OR_PAID_MODES = frozenset(mode.slug for mode in MODES if mode.is_verified_or_paid)
