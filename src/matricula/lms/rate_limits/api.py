"""The door of rate limits."""

from matricula.lms.rate_limits.counting import count_request

__all__ = ["count_request"]
