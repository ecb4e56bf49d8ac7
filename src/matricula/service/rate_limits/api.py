"""The door of rate limits."""

from matricula.service.rate_limits.counting import count_request, forget_counts
from matricula.service.rate_limits.erasing import erase_counts
from matricula.service.rate_limits.locating import locate_caller

__all__ = [
    "count_request",
    "erase_counts",
    "forget_counts",
    "locate_caller",
]
