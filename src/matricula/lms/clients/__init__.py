"""Clients: programs that call the LMS, and the tokens that say who calls, program or person.

A client acts as an account of its own, made with it; what it may do is what that account's roles
say. Tokens are signed by keys that each host makes for itself; their public halves are in the
database, so that every host, and whoever asks, can check every token.
"""
