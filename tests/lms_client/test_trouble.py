"""How the client holds against a server that misbehaves."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from matricula.lms_client.api import (
    Access,
    HttpLms,
    LmsBroken,
    LmsBusy,
    LmsNotAllowed,
    LmsNotFound,
    LmsRefused,
    LmsUnreachable,
    ProgramRow,
    RosterAnswer,
)

TOKEN = {"access_token": "a.b.c", "expires_in": 3600, "token_type": "JWT", "scope": "read"}
ANSWER = {"applied": True, "counts": {"create": 1}, "rows": []}
SEAT = {"mode": "masters"}
PROBLEM = {"code": "program-not-found", "detail": "There is no program.", "request_id": "r1"}

Told = tuple[int, Any, dict[str, str]]


class Misbehaving:
    """Answers each request by what the test has put down for it, and remembers the request."""

    def __init__(self) -> None:
        self.answers: list[Told | Callable[[], Told]] = []
        self.token: Told = (200, TOKEN, {})
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.seen.append((self.command, self.path, dict(self.headers), body))
                status, told, headers = outer.choose(self.path)
                sent = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = handle_any  # noqa: N815  their names upstream

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def choose(self, path: str) -> Told:
        if path.startswith("/oauth2/"):
            return self.token
        answer = self.answers.pop(0)
        return answer() if callable(answer) else answer

    @property
    def calls(self) -> list[tuple[str, str, dict[str, str], bytes]]:
        return [each for each in self.seen if not each[1].startswith("/oauth2/")]

    @property
    def tokens_given(self) -> int:
        return len(self.seen) - len(self.calls)


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    made = Misbehaving()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def lms(server: Misbehaving) -> Iterator[HttpLms]:
    with HttpLms(access(server.url)) as made:
        yield made


def access(url: str) -> Access:
    return Access(
        url=url,
        client_id="id",
        client_secret="s3cret",
        read_seconds=0.5,
        longest_wait_seconds=0.05,
    )


def seat(lms: HttpLms) -> str | None:
    return lms.find_seat("mira", "course-v1:RiverU+HYD1+2031_T1")


def send(lms: HttpLms) -> object:
    return lms.send_roster("hydrology", [ProgramRow(student_key="rv-1", status="enrolled")])


def test_one_token_serves_many_calls(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(200, SEAT, {}), (200, SEAT, {})]

    assert [seat(lms), seat(lms)] == ["masters", "masters"]
    assert server.tokens_given == 1
    assert server.calls[0][2]["Authorization"] == "JWT a.b.c"
    assert (
        server.calls[0][1] == "/api/enrollment/v2/seats/mira/course-v1%3ARiverU%2BHYD1%2B2031_T1"
    )


def test_a_token_is_renewed_before_it_ends(server: Misbehaving, lms: HttpLms) -> None:
    server.token = (200, {**TOKEN, "expires_in": 0}, {})
    server.answers = [(200, SEAT, {}), (200, SEAT, {})]

    seat(lms)
    seat(lms)

    assert server.tokens_given == 2


def test_a_token_that_is_refused_is_renewed_once(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(401, {}, {}), (200, ANSWER, {})]

    assert isinstance(send(lms), RosterAnswer)
    assert server.tokens_given == 2
    assert server.calls[0][3] == server.calls[1][3] != b""

    server.answers = [(401, {}, {}), (401, PROBLEM, {})]
    with pytest.raises(LmsNotAllowed):
        seat(lms)


def test_a_busy_lms_is_asked_again(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(503, {}, {"Retry-After": "0"}), (429, {}, {}), (200, SEAT, {})]

    assert seat(lms) == "masters"


def test_a_write_is_repeated_under_one_key(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(503, {}, {}), (502, b"<html>", {}), (200, ANSWER, {})]

    send(lms)

    keys = {headers["Idempotency-Key"] for _, _, headers, _ in server.calls}
    bodies = {body for _, _, _, body in server.calls}
    assert (len(server.calls), len(keys), len(bodies)) == (3, 1, 1)
    send_again_keys = len(keys)
    server.answers = [(200, ANSWER, {})]
    send(lms)
    assert server.calls[-1][2]["Idempotency-Key"] not in keys
    assert send_again_keys == 1


def test_a_write_that_still_runs_is_waited_for(server: Misbehaving, lms: HttpLms) -> None:
    running: Told = (409, {"code": "still-running", "detail": "It runs."}, {})
    server.answers = [running, running, (200, ANSWER, {})]

    assert isinstance(send(lms), RosterAnswer)


def test_one_that_stays_busy_says_how_long(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(429, {"detail": "Too often."}, {"Retry-After": "0"})] * 9

    with pytest.raises(LmsBusy, match="Too often") as refused:
        seat(lms)

    assert refused.value.retry_after == 0
    assert len(server.calls) == 4


@pytest.mark.parametrize(
    ("status", "kind"), [(404, LmsNotFound), (403, LmsNotAllowed), (400, LmsRefused)]
)
def test_a_refusal_keeps_its_code(
    status: int, kind: type[LmsRefused], server: Misbehaving, lms: HttpLms
) -> None:
    server.answers = [(status, PROBLEM, {})]

    with pytest.raises(kind, match="There is no program") as refused:
        seat(lms)

    assert type(refused.value) is kind
    told = refused.value
    assert (told.status, told.code, told.request_id) == (status, "program-not-found", "r1")


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>a page of somebody's proxy</html>", {}),
        (200, {"unexpected": 1}, {}),
        (200, b"", {}),
        (302, b"", {"Location": "https://elsewhere.example/"}),
        (500, {"detail": "oops"}, {}),
    ],
)
def test_rubbish_is_never_an_answer(answer: Told, server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [answer]

    with pytest.raises(LmsBroken):
        seat(lms)


def test_our_token_goes_nowhere_else(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(200, {"results": [], "next": "http://127.0.0.1:9/steal"}, {})]

    with pytest.raises(LmsBroken, match="not its own"):
        list(lms.list_programs())


def test_a_client_of_bad_credentials_is_told_so(server: Misbehaving, lms: HttpLms) -> None:
    server.token = (401, {"error": "invalid_client"}, {})

    with pytest.raises(LmsNotAllowed) as refused:
        seat(lms)

    assert refused.value.code == "invalid-client"
    assert "s3cret" not in str(refused.value) + repr(access(server.url))


def test_one_that_does_not_answer_is_given_up(server: Misbehaving, lms: HttpLms) -> None:
    waiting = threading.Event()

    def never() -> Told:
        waiting.wait(5)
        return (200, SEAT, {})

    server.answers = [never] * 9
    with pytest.raises(LmsUnreachable, match="in time"):
        seat(lms)
    waiting.set()


def test_one_that_is_not_there_is_given_up() -> None:
    with HttpLms(access("http://127.0.0.1:1")) as nobody, pytest.raises(LmsUnreachable):
        seat(nobody)


@pytest.mark.parametrize("url", ["lms.example.org", "ftp://lms.example.org", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        access(url)
