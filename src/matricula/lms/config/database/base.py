"""The backend of ``DATABASES``; the module's and the class's names are Django's."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL.

    Before each request Django asks whether the connection still works, which is a journey to the
    server. A server that has ended a connection has said so, and what it said waits to be read:
    where nothing waits there is no need to ask.
    """

    def is_usable(self) -> bool:
        """Tell whether the connection works; ask the server only if there is reason to."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or _is_anything_waiting(self.connection.fileno()):
            return bool(super().is_usable())
        return True


def _is_anything_waiting(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
