"""Making accounts, many at once."""
