"""Replacing a file: it is written beside its place and moved there when it is whole."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from matricula.lms.kernel.api import Invalid


class NotReplaceable(Invalid):
    """The file cannot be written there."""

    code = "file-not-replaceable"


@contextmanager
def replacing(path: Path, *, never: Path | None = None) -> Iterator[TextIO]:
    """Open a text file that takes the place of ``path`` when the block ends well.

    A half-written one never stands there. What is no regular file, such as a pipe, is written to
    as it is. ``never`` is a file that must not be replaced.

    Raises:
        NotReplaceable: the folder or the file cannot be written, or it is ``never``.
    """
    target = path.resolve()
    if never is not None and never.exists() and target.exists() and target.samefile(never):
        raise NotReplaceable(f"{path} is the input; the output needs a place of its own.")
    if target.is_dir():
        raise NotReplaceable(f"{path} is a folder.")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
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
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        stream = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise NotReplaceable(f"{path.parent} cannot be written to: {error.strerror}.") from None
    with stream:
        yield stream
