"""Opening a roster: a copy is taken, so that what was checked is what is applied.

The copy has no name, is readable to nobody else, and is gone when the process is, however it ends.
"""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from matricula.lms.kernel.api import Invalid, Unavailable

STANDARD_INPUT = Path("-")
BLOCK = 1 << 20


class Form(StrEnum):
    """How the rows are written down."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"


class RosterKind(StrEnum):
    """What the rows are about: who is in a program, or who takes which of its courses."""

    PROGRAM = "program"
    COURSE = "course"


class UnopenableRoster(Invalid):
    """There is no such file, or it may not be read."""

    code = "roster-not-opened"


class RosterChanged(Invalid):
    """Somebody wrote into the file while it was read."""

    code = "roster-changed"


class NoRoomForRoster(Unavailable):
    """The copy does not fit on the disk."""

    code = "no-room-for-roster"


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster as it was when it was opened. ``name`` is without folder, for the ledger.

    Without a ``kind`` the header of a CSV file says it.
    """

    name: str
    stream: BinaryIO
    form: Form = Form.CSV
    kind: RosterKind | None = None


@contextmanager
def open_roster(*, path: Path) -> Iterator[RosterFile]:
    """Open a roster for planning or applying; ``-`` is standard input.

    Raises:
        UnopenableRoster: the file does not exist, is no file, is closed, or may not be read.
        RosterChanged: the file was written to meanwhile.
        NoRoomForRoster: the copy does not fit on the disk.
    """
    with tempfile.TemporaryFile(prefix="roster-") as copy:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise UnopenableRoster("Standard input is closed.")
            _copy(sys.stdin.buffer, copy)
            yield RosterFile("standard input", copy)
        else:
            with _opened(path) as original:
                _copy_unchanged(original, copy, path)
            yield RosterFile(_storable(path.name), copy)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnopenableRoster(f"{path} is a folder, not a roster.")
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise UnopenableRoster(f"{path} is a device, not a roster.")
        stream = path.open("rb")
    except FileNotFoundError:
        raise UnopenableRoster(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise UnopenableRoster(f"{path} cannot be read: {reason}.") from None
    with stream:
        yield stream


def _copy_unchanged(original: BinaryIO, copy: BinaryIO, path: Path) -> None:
    before = os.fstat(original.fileno())
    _copy(original, copy)
    after = os.fstat(original.fileno())
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if changed and stat.S_ISREG(after.st_mode):
        raise RosterChanged(
            f"{path} was written to while it was read; try again when it is whole."
        )


def _copy(original: BinaryIO, copy: BinaryIO) -> None:
    try:
        shutil.copyfileobj(original, copy, BLOCK)
        copy.flush()
    except OSError as error:
        raise NoRoomForRoster(f"The roster cannot be copied: {error.strerror}.") from None


def _storable(name: str) -> str:
    """Make a file's name fit for the ledger: names are bytes and need not be text."""
    return os.fsencode(name).decode("utf-8", "replace")
