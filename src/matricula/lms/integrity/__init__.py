"""Integrity: what must hold, as named queries that find what does not."""
