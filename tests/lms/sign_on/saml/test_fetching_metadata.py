import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from matricula.lms.sign_on.saml import fetching_metadata
from matricula.lms.sign_on.saml.fetching_metadata import (
    MetadataUnavailable,
    UnsafeAddress,
    fetch_metadata,
)
from matricula.lms.sign_on.saml.reading_metadata import MOST_BYTES


class Answering(BaseHTTPRequestHandler):
    """Answers by the path that is asked for."""

    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/metadata")
            self.end_headers()
            return
        self.send_response(200 if self.path != "/missing" else 404)
        self.end_headers()
        if self.path == "/long":
            self.wfile.write(b" " * (MOST_BYTES + 1))
        elif self.path == "/slow":
            for _ in range(50):
                self.wfile.write(b" " * 20_000)
                time.sleep(0.05)
        else:
            self.wfile.write(b"<metadata/>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as it is called
        del format, args


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_stands_there_is_fetched(address: str) -> None:
    assert fetch_metadata(address=f"{address}/metadata") == b"<metadata/>"


@pytest.mark.parametrize("path", ["/elsewhere", "/missing", "/long"])
def test_other_answers_are_none(address: str, path: str) -> None:
    with pytest.raises(MetadataUnavailable):
        fetch_metadata(address=address + path)


def test_it_takes_no_longer_than_it_may(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching_metadata, "DONE_WITHIN", 0.2)

    with pytest.raises(MetadataUnavailable, match="slow"):
        fetch_metadata(address=f"{address}/slow")


def test_a_provider_that_is_down_is_said_to_be() -> None:
    with pytest.raises(MetadataUnavailable, match="does not answer"):
        fetch_metadata(address="http://127.0.0.1:9/metadata")


@pytest.mark.parametrize(
    "address",
    [
        "http://idp.river.example/",
        "ftp://idp.river.example/",
        "file:///etc/passwd",
        "https://",
        "",
    ],
)
def test_only_safe_addresses_are_asked(address: str) -> None:
    with pytest.raises(UnsafeAddress):
        fetch_metadata(address=address)
