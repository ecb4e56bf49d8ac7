"""Accounts: whoever the LMS has vouched for, by a token or by signing them in.

They are made on first sight, and say what the LMS last said. There are no passwords here.
"""
