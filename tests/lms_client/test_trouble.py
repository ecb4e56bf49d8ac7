"""How the client holds against a server that misbehaves."""

import threading

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
from tests.lms_client.misbehaving import TOKEN, Misbehaving, Told, access

ANSWER = {"applied": True, "counts": {"create": 1}, "rows": []}
SEAT = {"mode": "masters"}
PROBLEM = {"code": "program-not-found", "detail": "There is no program.", "request_id": "r1"}


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


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_who_is_given_no_token_is_not_let_in_whatever_they_asked_for(
    server: Misbehaving, lms: HttpLms, status: int
) -> None:
    server.token = (status, {"error": "invalid_client"}, {})
    with pytest.raises(LmsNotAllowed, match="There is no token for us") as refused:
        send(lms)
    assert (refused.value.status, refused.value.code) == (status, "invalid-client")


def test_what_cannot_be_reached_is_named_without_secrets() -> None:
    away = Access(
        url="http://me:hush@127.0.0.1:9", client_id="me", client_secret="hush", attempts=1
    )
    with HttpLms(away) as lms, pytest.raises(LmsUnreachable) as trouble:
        seat(lms)
    assert (
        str(trouble.value) == "The LMS at 127.0.0.1:9 cannot be reached: there is no connection."
    )
