"""Rosters over HTTP: any number of rows in, in three forms; an answer to each, or a job, out."""
