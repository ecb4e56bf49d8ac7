"""Learners: a person's whole picture, now or at a past moment.

Identities, program enrollments (*explicit* ones that are stored, *implicit* ones that the old
deduction would see), and seats with the grants behind each.
"""
