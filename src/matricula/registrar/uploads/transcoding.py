"""Transcoding: files that spreadsheets write in UTF-16 become UTF-8, whatever else is refused."""

import codecs
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _

from matricula.service.splitting import UTF_16_MARKS, WrongEncoding

BLOCK = 1 << 20
HEAD = 64
UTF_32_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
MARK = "\ufeff".encode()


@contextmanager
def opening_as_utf_8(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a file in UTF-8: the file itself, or a copy if it is in UTF-16.

    What is in neither is found where it is read, line by line.

    Raises:
        WrongEncoding: it is in UTF-32, or no good UTF-16.
    """
    file.seek(0)
    encoding = _find_encoding(file.read(HEAD))
    file.seek(0)
    if encoding is None:
        yield file
        return
    with tempfile.TemporaryFile(prefix="upload-") as copy:
        copy.write(MARK)
        for text in _decode(file, encoding):
            copy.write(text.encode())
        copy.seek(0)
        yield copy


def _find_encoding(head: bytes) -> str | None:
    if head.startswith(UTF_32_MARKS):
        raise WrongEncoding(_("Line 1, column 1: the file is in UTF-32; save it as CSV in UTF-8."))
    if head.startswith(UTF_16_MARKS):
        return "utf-16"
    if head.count(0) * 3 < len(head) or not head:
        return None
    # Without a mark: the zeros of a header in plain letters tell the order of bytes.
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _decode(file: IO[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        block = file.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            words = _(
                "Line %(line)s or after: the file is no good UTF-16; save it as CSV in UTF-8."
            ) % {"line": line}
            raise WrongEncoding(words) from None
        line += text.count("\n")
        if text:
            yield text
        if not block:
            return
