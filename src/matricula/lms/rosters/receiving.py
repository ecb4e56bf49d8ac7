"""Receiving a roster that comes over the wire: copied, unpacked and measured before it is read."""

import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from matricula.lms.kernel.api import Invalid
from matricula.lms.rosters.opening import Form, NoRoomForRoster, RosterFile, RosterKind
from matricula.service.splitting import UnreadableRoster

BLOCK = 1 << 18
GZIP = zlib.MAX_WBITS | 16
"""Tells zlib to expect gzip's header and trailer."""


class RosterTooLarge(Invalid):
    """The roster has more bytes, unpacked, than are taken."""

    code = "roster-too-large"


@contextmanager
def receive_roster(
    *,
    stream: IO[bytes],
    name: str,
    form: Form,
    kind: RosterKind,
    limit: int,
    is_packed: bool = False,
) -> Iterator[RosterFile]:
    """Take a roster from a stream, ``is_packed`` if it comes as gzip; nothing of it stays behind.

    Raises:
        RosterTooLarge: it has over ``limit`` bytes, packed or not; no more of them are unpacked.
        UnreadableRoster: it is no gzip, or ends too early.
        NoRoomForRoster: it does not fit on the disk.
    """
    with tempfile.TemporaryFile(prefix="roster-") as copy:
        pieces = _list_pieces(stream, limit)
        size = 0
        for piece in _unpack(pieces) if is_packed else pieces:
            size += len(piece)
            if size > limit:
                raise _too_large(limit)
            try:
                copy.write(piece)
            except OSError as error:
                message = f"The roster cannot be stored: {error.strerror}."
                raise NoRoomForRoster(message) from None
        copy.seek(0, io.SEEK_SET)
        yield RosterFile(name, copy, form, kind)


def _list_pieces(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    while piece := stream.read(BLOCK):
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        yield piece


def _unpack(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack a gzip file, which may have several parts, a bounded piece at a time."""
    unpacking = zlib.decompressobj(GZIP)
    is_begun = False
    for packed in pieces:
        rest = packed
        while rest:
            if unpacking.eof:
                unpacking = zlib.decompressobj(GZIP)
            try:
                piece = unpacking.decompress(rest, BLOCK)
            except zlib.error:
                raise UnreadableRoster("The body is no gzip, as its encoding says.") from None
            is_begun = True
            yield piece
            rest = unpacking.unconsumed_tail or unpacking.unused_data
    if is_begun and not unpacking.eof:
        raise UnreadableRoster("The gzip ends before it is complete.")


def _too_large(limit: int) -> RosterTooLarge:
    return RosterTooLarge(f"The roster has over {limit:,} bytes; send it in parts.")
