"""Preemptive enrollments: what waits for people who have not proven their names yet.

There is no table of them: an enrollment is preemptive while its identity is unbound. This app
lists what waits, and takes it back: withdrawn by the school, or expired after an age. The ledger
keeps it.
"""
