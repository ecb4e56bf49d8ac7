"""Accounts: the users of the platform. What an account holds, it holds through its identities."""
