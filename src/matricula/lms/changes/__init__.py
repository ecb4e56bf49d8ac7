"""Changes: the ledger as others may follow it, in the order of commits and in outsiders' words.

A *cursor* is a place in that order. Who follows from cursor to cursor misses nothing and sees
nothing twice.
"""
