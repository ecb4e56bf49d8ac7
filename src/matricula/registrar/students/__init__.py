"""Students of a program, as the LMS has them at this moment.

Nothing is kept here: each look asks the LMS, for whoever may read the program's enrollments.
"""
