"""Uploads: a school's rows, sent to the LMS as one roster, with an answer to each of them.

A file becomes a job: it is read to its end when it comes, so that a school hears at once of what
nobody can read, and sent by a worker. What is wrong with one row is that row's verdict. A few rows
in a request are sent at once. Nothing here takes anybody out of a program whom a file leaves out.
"""
