"""Replacing a file: it is written beside its place and moved there when it is whole."""

import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from matricula.lms.kernel.api import Invalid, Unavailable

HEADER_LIMIT = 65_536


class NotReplaceable(Invalid):
    """The file cannot be written there."""

    code = "file-not-replaceable"


class NoRoomForFile(Unavailable):
    """The disk is full."""

    code = "no-room-for-file"


@contextmanager
def replacing(
    path: Path, *, like: Sequence[str], never: Path | None = None, force: bool = False
) -> Iterator[TextIO]:
    """Open a text file that takes the place of ``path`` when the block ends well.

    A half-written one never stands there. What is no regular file, such as a pipe, is written to
    as it is. An older file is replaced if it is empty or has the columns ``like``, or by
    ``force``; ``never`` is a file that is not replaced in any case.

    Raises:
        NotReplaceable: the folder or the file cannot be written, or must not be replaced.
        NoRoomForFile: the disk is full.
    """
    target = path.resolve()
    if target.exists():
        _require_replaceable(target, like=like, never=never, force=force)
        if not target.is_file():
            with _opened(target) as stream:
                yield stream
            return
    partial = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.partial")
    try:
        with _opened(partial) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoomForFile(f"{path} is not written: {error.strerror}.") from None
        raise
    finally:
        partial.unlink(missing_ok=True)


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
        header = stream.readline(HEADER_LIMIT).decode("utf-8", "replace")
    names = {name.strip(' \r\n"') for name in header.split(",")}
    return not header or names.issuperset(columns)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        stream = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise NotReplaceable(f"{path.parent} cannot be written to: {error.strerror}.") from None
    with stream:
        yield stream
