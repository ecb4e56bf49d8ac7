"""A server that speaks as much of S3 as storages need, and keeps objects in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "matricula"
_LIST = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>matricula</Name><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"""


class Objects(BaseHTTPRequestHandler):
    """One request for an object, or for the list of them."""

    protocol_version = "HTTP/1.1"
    kept: ClassVar[dict[str, bytes]] = {}

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_in_pieces = "aws-chunked" in self.headers.get("Content-Encoding", "")
        self.kept[self._key()] = _join_pieces(body) if is_in_pieces else body
        self._answer(200)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "prefix" in query:
            self._answer(200, _list(self.kept, query["prefix"][0]).encode())
        elif self._key() in self.kept:
            self._answer(200, self.kept[self._key()])
        else:
            self._answer(404)

    do_HEAD = do_GET  # noqa: N815  its name in the library

    def do_DELETE(self) -> None:
        self.kept.pop(self._key(), None)
        self._answer(204)

    def _key(self) -> str:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}/")

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Sat, 01 Mar 2031 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def keeping_objects() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve them, and give the address and what is kept."""
    kept: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Kept", (Objects,), {"kept": kept}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _join_pieces(body: bytes) -> bytes:
    """Return what a body says that comes in pieces, each after its length."""
    whole = b""
    while body:
        said, _, rest = body.partition(b"\r\n")
        length = int(said.split(b";")[0], 16)
        if not length:
            break
        whole += rest[:length]
        body = rest[length + 2 :]
    return whole


def _list(kept: dict[str, bytes], prefix: str) -> str:
    inside = [key.removeprefix(prefix) for key in kept if key.startswith(prefix)]
    folders = {key.partition("/")[0] for key in inside if "/" in key}
    found = [
        f"<Contents><Key>{escape(prefix + key)}</Key><Size>1</Size></Contents>"
        for key in sorted(inside)
        if "/" not in key
    ]
    found += [
        f"<CommonPrefixes><Prefix>{escape(prefix + folder)}/</Prefix></CommonPrefixes>"
        for folder in sorted(folders)
    ]
    return _LIST.format(found="".join(found))
