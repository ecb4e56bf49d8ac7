"""Quoting what somebody wrote, in an answer to them."""

LONGEST = 60


def quote(text: str) -> str:
    """Return text in quotes, control characters made visible, cut where it gets long."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
