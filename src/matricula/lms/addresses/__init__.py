"""Addresses: where an account gets mail, and what reading that mail proves.

An *address* is the mail side, kept by allauth: an account may have several, one of them primary.
Whoever confirms one by the mailed link gives a *proof*, and the proof is answered by binding the
e-mail identity. The bound identity is the truth: what it holds is the account's, whatever happens
to the address (ADR 0017).
"""
