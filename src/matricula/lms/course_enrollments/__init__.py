"""Course enrollments: grants of a course run to an identity, and the seats they add up to.

A *grant* comes through a program enrollment or directly. A *seat* is what a learner effectively
has: in while at least one effective grant of any of their identities exists, in the highest mode
of those. It is computed, never stored.
"""
