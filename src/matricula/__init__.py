"""Matricula: the enrollment core of a learning platform."""
