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
    title: str
    is_verified_or_paid: bool


MODES = (
    Mode("audit", "Audit", is_verified_or_paid=False),
    Mode("honor", "Honor", is_verified_or_paid=False),
    Mode("unpaid-bootcamp", "Unpaid Bootcamp", is_verified_or_paid=False),
    Mode("unpaid-executive-education", "Unpaid Executive Education", is_verified_or_paid=False),
    Mode("verified", "Verified", is_verified_or_paid=True),
    Mode("no-id-professional", "Professional (no ID)", is_verified_or_paid=True),
    Mode("professional", "Professional", is_verified_or_paid=True),
    Mode("paid-bootcamp", "Paid Bootcamp", is_verified_or_paid=True),
    Mode("paid-executive-education", "Paid Executive Education", is_verified_or_paid=True),
    Mode("executive-education", "Executive Education", is_verified_or_paid=True),
    Mode("credit", "Credit", is_verified_or_paid=True),
    Mode("masters", "Masters", is_verified_or_paid=True),
)
"""From the lowest to the highest."""

MODE_RANK = {mode.slug: rank for rank, mode in enumerate(MODES)}
"""The place of each slug in the order; higher wins."""

MODE_TITLES = {mode.slug: mode.title for mode in MODES}
"""What people read for each slug."""

VERIFIED_OR_PAID_MODES = frozenset(mode.slug for mode in MODES if mode.is_verified_or_paid)
