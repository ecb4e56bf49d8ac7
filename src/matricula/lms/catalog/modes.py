"""Course modes, as data, in their declared order: a learner's mode is the highest they are given.

Slugs as in edX's platform.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of taking a course.

    ``is_verified_or_paid``: the old deduction read a program enrollment from it (ADR 0001).
    """

    slug: str
    title: Promise
    is_verified_or_paid: bool


MODES = (
    Mode("audit", _("Audit"), is_verified_or_paid=False),
    Mode("honor", _("Honor"), is_verified_or_paid=False),
    Mode("unpaid-bootcamp", _("Unpaid Bootcamp"), is_verified_or_paid=False),
    Mode("unpaid-executive-education", _("Unpaid Executive Education"), is_verified_or_paid=False),
    Mode("verified", _("Verified"), is_verified_or_paid=True),
    Mode("no-id-professional", _("Professional (no ID)"), is_verified_or_paid=True),
    Mode("professional", _("Professional"), is_verified_or_paid=True),
    Mode("paid-bootcamp", _("Paid Bootcamp"), is_verified_or_paid=True),
    Mode("paid-executive-education", _("Paid Executive Education"), is_verified_or_paid=True),
    Mode("executive-education", _("Executive Education"), is_verified_or_paid=True),
    Mode("credit", _("Credit"), is_verified_or_paid=True),
    Mode("masters", _("Masters"), is_verified_or_paid=True),
)
"""From the lowest to the highest."""

MODE_RANK = {mode.slug: rank for rank, mode in enumerate(MODES)}
"""The place of each slug in the order; higher wins."""

MODE_TITLES = {mode.slug: mode.title for mode in MODES}
"""What people read for each slug."""

VERIFIED_OR_PAID_MODES = frozenset(mode.slug for mode in MODES if mode.is_verified_or_paid)
