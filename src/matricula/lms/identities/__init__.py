"""Identities: the names by which issuers know people, and the accounts they are bound to.

A school's *student key*, an *e-mail address* and an *account* itself are identities. Every
enrollment is of an identity, so to *bind* one to an account is all there is to claiming; while it
is unbound, what was made for it *waits*.
"""
