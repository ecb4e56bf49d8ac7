"""Grades: what an account earned in a course run."""
