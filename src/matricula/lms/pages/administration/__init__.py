"""Django's admin: what operators look at, and what they write through our operations."""
