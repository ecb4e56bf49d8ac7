"""The ledger: who changed what, when, through what, and why.

A *change set* is one act: actor, channel, reason, request. A *change* is one row before and after,
written by the database's own triggers, so that no code path can forget it. Nothing that is
ledgered can be written without naming a change set first.
"""
