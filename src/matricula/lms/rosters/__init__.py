"""Rosters: a file of rows in, a verdict for each row out.

A *roster* is a CSV file in which a school says who studies what; with a ``course_id`` column it is
a *course roster*. A *plan* says what a roster would do and writes nothing; to *apply* it is to do
it, a *chunk* of rows at a time. The *result file* is the roster with line, verdict and reason
added; corrected, it is a roster again. An *export* is a roster of what is stored; its
*digest* is a short proof of it.
"""
