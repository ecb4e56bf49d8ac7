"""Django's backend for PostgreSQL, which finds out sooner whether a connection still works."""
