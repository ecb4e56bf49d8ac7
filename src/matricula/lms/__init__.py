"""The LMS: it owns every enrollment.

The apps, highest first; each may use those below it, through their ``api`` only.
"""
