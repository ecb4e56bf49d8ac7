"""Reading bodies whole: a caller who goes away in the middle of one has not sent it."""

from typing import IO


class BodyCutShort(OSError):
    """The body ended before the length that its header says."""


class WholeInput:
    """A body, from which Django never asks for more than its header says.

    The server tells an end from a broken connection no more than a file does, and half a roster
    looks like a shorter one.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Read from what the server gives."""
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return exactly so many bytes.

        Raises:
            BodyCutShort: there are fewer.
        """
        parts = []
        while size > 0:
            part = self._stream.read(size)
            if not part:
                raise BodyCutShort("The body was cut short.")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def readline(self, size: int) -> bytes:
        """Return a line of at most so many bytes.

        Raises:
            BodyCutShort: there is neither an end of a line nor so many bytes.
        """
        line = self._stream.readline(size)
        if len(line) < size and not line.endswith(b"\n"):
            raise BodyCutShort("The body was cut short.")
        return line
