"""Copies: what the LMS was last seen to hold of a program's enrollments, and the proof of it.

A copy is *proven* while its digest, computed from its own rows, is the LMS's. It is there to
compare a school's file with before anything is sent, and is never told as the truth: its rows are
given to nobody, but for those that a compared file does not name. What is told of it says that it
is a copy, and how old its proof is. Pages tell its counts so, and the program's history month by
month, which is kept beside it; whoever looks wishes for what is not there, or old, and a worker
grants it.

It holds student keys. It goes with its program, when nobody has used it for a while, when the LMS
no longer has the program, and whenever it is told to be forgotten.
"""
