"""The catalog: what is remembered of the LMS's, and since when.

It may be old, and is then still used; forgetting it takes nobody's permission. A failure to read
the LMS's is told to whoever asked, and never remembered.
"""
