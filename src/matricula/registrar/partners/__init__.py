"""Partners: organizations and programs, and who may do what for them.

A role names a person by username or e-mail address, whether they have been here or not: it is
found when they come. Nothing is activated.
"""
