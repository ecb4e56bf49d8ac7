"""Downloads: a program's enrollments and grades, read from the LMS and written to a file.

Nothing of them is kept here but the file: each download says of what moment it tells. What an LMS
newer than this one tells of a student, such as another status, is handed on as it is.
"""
