"""Replacing a file: it is written beside its place and moved there when it is whole."""

import csv
import io
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from matricula.lms.kernel.api import Invalid, Unavailable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer  # there is no such module outside the type checker

HEADER_LIMIT = 65_536
LONGEST_NAME = 200
"""Bytes of a file's name that its half-written neighbour bears; systems allow 255."""


class NotReplaceable(Invalid):
    """The file cannot be written there."""

    code = "file-not-replaceable"


class FileNotFinished(Unavailable):
    """The disk is full, or fails; or the reader of a pipe has left."""

    code = "file-not-finished"


@contextmanager
def replacing(
    path: Path, *, like: Sequence[str], never: Path | None = None, force: bool = False
) -> Iterator[TextIO]:
    """Open a text file that takes the place of ``path`` when the block ends well.

    A half-written one never stands there, and nobody else can read it. What is no regular file,
    such as a pipe, is written to as it is. An older file is replaced if it is empty or its header
    is exactly ``like``, or by ``force``; ``never`` is a file that is not replaced in any case.

    Raises:
        NotReplaceable: the folder or the file cannot be written, or must not be replaced.
        FileNotFinished: the disk is full, or fails.
    """
    with _placing(path):
        target = path.resolve()
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None:
            _require_replaceable(target, like=like, never=never, force=force)
    if mode is not None and not stat.S_ISREG(mode):
        with _opened(target, path, "w") as stream:
            yield stream
        return
    partial = _name_partial(target)
    try:
        with _opened(partial, path, "x") as stream:
            yield stream
            stream.flush()
            with _finishing(path):
                os.fchmod(stream.fileno(), _ordinary_mode() if mode is None else mode & 0o777)
                os.fsync(stream.fileno())
        with _finishing(path):
            partial.replace(target)
    finally:
        with suppress(OSError):  # what brought us here is to be said, and not this
            partial.unlink()


class _Written(io.FileIO):
    """Tells its own trouble from that of others who write in the same block."""

    def __init__(self, file: Path, path: Path, mode: str) -> None:
        self._path = path
        super().__init__(file, mode, opener=lambda name, flags: os.open(name, flags, 0o600))

    def write(self, data: "ReadableBuffer") -> int:
        with _finishing(self._path):
            return super().write(data)


def _require_replaceable(
    target: Path, *, like: Sequence[str], never: Path | None, force: bool
) -> None:
    if never is not None and never.exists() and target.samefile(never):
        raise NotReplaceable(f"{target} is the input; the output needs a place of its own.")
    if target.is_dir():
        raise NotReplaceable(f"{target} is a folder.")
    if target.is_file() and not force and not _is_like(target, like):
        raise NotReplaceable(
            f"{target} exists and is something else; --force replaces it all the same."
        )


def _is_like(target: Path, columns: Sequence[str]) -> bool:
    with target.open("rb") as stream:
        start = stream.read(HEADER_LIMIT)
    text = io.StringIO(start.decode("utf-8-sig", "replace"), newline="")
    try:
        return not start or next(csv.reader(text), []) == list(columns)
    except csv.Error:
        return False


def _name_partial(target: Path) -> Path:
    name = os.fsencode(target.name)[:LONGEST_NAME].decode("utf-8", "ignore")
    return target.with_name(f".{name}.{secrets.token_hex(4)}.partial")


def _ordinary_mode() -> int:
    mask = os.umask(0)  # it can only be asked for by setting it
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def _placing(path: Path) -> Iterator[None]:
    """Refuse a place that cannot even be looked at: its name is too long, its links go round."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NotReplaceable(f"{path} cannot be written: {reason}.") from None


@contextmanager
def _finishing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileNotFinished(f"{path} is not written: {error.strerror}.") from None


@contextmanager
def _opened(file: Path, path: Path, mode: str) -> Iterator[TextIO]:
    try:
        raw = _Written(file, path, mode)
    except OSError as error:
        raise NotReplaceable(f"{path.parent} cannot be written to: {error.strerror}.") from None
    with io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", newline="") as stream:
        yield stream
