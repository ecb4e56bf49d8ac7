"""Words that every app shares and that know nothing of the database's tables: refusals, actors,
folding, keys, verdicts, staging.
"""
