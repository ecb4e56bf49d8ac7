"""The kernel: words that every app shares, and that know nothing of any table.

Refusals, actors, folding, keys, verdicts, staging, locks.
"""
