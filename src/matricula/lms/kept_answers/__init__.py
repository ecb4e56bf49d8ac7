"""Kept answers: what was answered to a write under an idempotency key, to be given again."""
