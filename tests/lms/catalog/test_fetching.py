import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest

from matricula.lms.catalog.api import (
    CatalogUnreachable,
    InvalidCatalog,
    UnreadableCatalog,
    read_catalog,
)

A, B, C = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))


class Site(ThreadingHTTPServer):
    """Answers by path; keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, data: object, *, status: int = 200) -> str:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.answers[path] = (status, body)
        return self.url + path


class Answering(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        status, body = self.server.answers.get(self.path, (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def uuids(source: str | Path, *, token: str | None = None) -> list[str]:
    return [str(program.uuid) for program in read_catalog(source=str(source), token=token)]


def write(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data))
    return path


def test_a_file_has_a_list_of_programs(tmp_path: Path) -> None:
    assert uuids(write(tmp_path / "list.json", [{"uuid": A}, {"uuid": B}])) == [A, B]


def test_a_file_has_one_program(tmp_path: Path) -> None:
    assert uuids(write(tmp_path / "one.json", {"uuid": A, "title": "One"})) == [A]


def test_a_file_goes_on_in_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    first = {"results": [{"uuid": A}], "next": "more/2.json"}
    write(tmp_path / "more" / "2.json", {"results": [{"uuid": B}], "next": "3.json"})
    write(tmp_path / "more" / "3.json", {"results": [{"uuid": C}], "next": None})
    assert uuids(write(tmp_path / "1.json", first)) == [A, B, C]


def test_files_that_lead_in_a_circle_are_refused(tmp_path: Path) -> None:
    first = write(tmp_path / "1.json", {"results": [], "next": "2.json"})
    write(tmp_path / "2.json", {"results": [], "next": "./1.json"})
    with pytest.raises(InvalidCatalog, match=r"circle: .*1\.json comes again"):
        uuids(first)


@pytest.mark.parametrize("following", ["https://example.org/?page=2", "/etc/2.json"])
def test_a_file_that_goes_on_elsewhere_is_refused(tmp_path: Path, following: str) -> None:
    first = write(tmp_path / "1.json", {"results": [{"uuid": A}], "next": following})
    with pytest.raises(InvalidCatalog, match="is not a file beside it"):
        uuids(first)


@pytest.mark.parametrize("name", ["", "missing.json", "nul\0.json"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableCatalog, match=r"cannot be read: \w+"):
        uuids(f"{tmp_path}/{name}")


def test_an_address_is_followed_to_its_last_page(site: Site) -> None:
    first = site.put("/programs/", {"results": [{"uuid": A}], "next": "/programs/?page=2"})
    site.put("/programs/?page=2", {"results": [{"uuid": B}], "next": f"{site.url}/last"})
    site.put("/last", {"results": [{"uuid": C}], "next": None})
    assert uuids(first) == [A, B, C]


def test_pages_that_lead_in_a_circle_are_refused(site: Site) -> None:
    first = site.put("/a", {"results": [], "next": "/b"})
    site.put("/b", {"results": [], "next": "/a"})
    with pytest.raises(InvalidCatalog, match="/a comes again"):
        uuids(first)


def test_an_address_does_not_lead_to_files(site: Site) -> None:
    first = site.put("/a", {"results": [], "next": "file:///etc/passwd"})
    with pytest.raises(InvalidCatalog, match="no http address"):
        uuids(first)


@pytest.mark.parametrize(
    ("token", "header"), [(None, None), ("abc", "JWT abc"), ("Bearer abc", "Bearer abc")]
)
def test_the_token_is_sent(site: Site, token: str | None, header: str | None) -> None:
    first = site.put("/a", {"results": [], "next": "/b"})
    site.put("/b", [])
    uuids(first, token=token)
    assert site.asked == [("/a", header), ("/b", header)]


def test_another_host_does_not_get_the_token(site: Site) -> None:
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    first = site.put("/a", {"results": [], "next": f"{elsewhere}/b"})
    site.put("/b", [])
    uuids(first, token="abc")
    assert site.asked == [("/a", "JWT abc"), ("/b", None)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "answers 401 .* Give a token"),
        (403, "answers 403 .* Give a token"),
        (404, "answers 404 Not Found, not 200 OK"),
        (500, "answers 500"),
        (204, "answers 204"),
    ],
)
def test_an_answer_other_than_200_is_said(site: Site, status: int, words: str) -> None:
    address = site.put("/a", b"", status=status)
    with pytest.raises(CatalogUnreachable, match=words):
        uuids(address)


def test_a_busy_host_is_asked_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: site.put("/a", [{"uuid": A}]))
    address = site.put("/a", b"", status=503)
    site.put("/a", b"", status=503)
    assert uuids(address) == [A]


def test_a_host_that_stays_busy_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)
    address = site.put("/a", b"", status=503)
    with pytest.raises(CatalogUnreachable, match="answers 503"):
        uuids(address)
    assert len(site.asked) == 4


def test_a_host_that_is_not_there_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)
    with Site() as closed:
        address = closed.url
    with pytest.raises(CatalogUnreachable, match="cannot be reached: there is no such host"):
        uuids(address)


def test_a_page_of_words_is_no_json(site: Site) -> None:
    address = site.put("/login", b"<!doctype html><p>Sign in")
    with pytest.raises(InvalidCatalog, match="/login is not JSON"):
        uuids(address)


def test_a_program_is_known_by_its_uuid(tmp_path: Path) -> None:
    [program] = read_catalog(source=str(write(tmp_path / "a.json", {"uuid": A})))
    assert program.uuid == UUID(A)
