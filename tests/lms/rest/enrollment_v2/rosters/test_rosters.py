import csv
import gzip
import json
from io import StringIO
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.rosters.api import RosterJob
from tests import given
from tests.calling import calling_anonymously, calling_with
from tests.lms.rosters.answering import stored

pytestmark = pytest.mark.django_db

ROSTER = "/api/enrollment/v2/programs/hydrology/roster"
COURSE_ROSTER = "/api/enrollment/v2/programs/hydrology/course-roster"
ROWS = [
    {"student_key": "rv-1", "status": "enrolled"},
    {"student_key": "rv-2", "status": "pending"},
    {"student_key": "rv-3", "status": "gone"},
]
TEXT = "student_key,status,note\nrv-1,enrolled,=1+1\nrv-2,pending,\nrv-3,gone,x\n"
NDJSON = "\n".join(map(json.dumps, ROWS))
SAME = [
    ("application/json", json.dumps(ROWS)),
    ("application/json; charset=utf-8", json.dumps({"rows": ROWS})),
    ("application/x-ndjson", NDJSON),
    ("application/jsonl", NDJSON),
    ("text/csv", TEXT),
    ("text/csv; charset=UTF-8; header=present", "\ufeff" + TEXT),
]


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology", runs=[given.course_run("HYD1", external_key="hyd")])


@pytest.fixture
def registrar(hydrology: ProgramOutline) -> APIClient:
    return calling_with("write")


def post(
    caller: APIClient,
    body: str | bytes,
    address: str = ROSTER,
    content_type: str = "application/json",
    **headers: str,
) -> Any:  # noqa: ANN401  the test client's response
    raw: Any = body  # the client takes bytes as well, its types do not
    return caller.generic("POST", address, raw, content_type, headers=headers or None)


def test_a_roster_is_written_and_every_row_answered(
    hydrology: ProgramOutline, registrar: APIClient
) -> None:
    response = post(registrar, json.dumps(ROWS))
    assert response.status_code == 200
    assert response.json() == {
        "program": "hydrology",
        "kind": "program",
        "mode": "upsert",
        "atomic": False,
        "dry_run": False,
        "applied": True,
        "counts": {"create": 2, "update": 0, "unchanged": 0, "refuse": 1},
        "verdicts": {"enrolled": 1, "pending": 1, "invalid-status": 1},
        "rows": [
            answer_to(1, "rv-1", "create", "enrolled"),
            answer_to(2, "rv-2", "create", "pending"),
            answer_to(
                3,
                "rv-3",
                "refuse",
                "invalid-status",
                "'gone' is none of enrolled, pending, suspended, canceled, ended",
            ),
        ],
    }
    assert stored(hydrology) == ["rv-1,enrolled", "rv-2,pending"]


def answer_to(
    line: int, key: str, action: str, verdict: str, reason: str = ""
) -> dict[str, object]:
    return {
        "line": line,
        "student_key": key,
        "action": action,
        "verdict": verdict,
        "reason": reason,
    }


@pytest.mark.parametrize(("content_type", "body"), SAME)
def test_every_form_says_the_same(content_type: str, body: str, registrar: APIClient) -> None:
    answer = post(registrar, body.encode(), content_type=content_type).json()
    assert answer["counts"] == {"create": 2, "update": 0, "unchanged": 0, "refuse": 1}
    first = 2 if "csv" in content_type else 1
    assert [row["line"] for row in answer["rows"]] == [first, first + 1, first + 2]


def test_a_packed_roster_is_taken(registrar: APIClient) -> None:
    packed = gzip.compress(TEXT.encode())
    response = post(registrar, packed, content_type="text/csv", content_encoding="gzip")
    assert response.json()["counts"]["create"] == 2
    refused = post(registrar, packed, content_type="text/csv", content_encoding="br")
    assert refused.status_code == 415


def fetch(caller: APIClient, address: str = ROSTER, **headers: str) -> Any:  # noqa: ANN401  as above
    response: Any = caller.get(address, headers=headers or None)
    response.whole = response.getvalue()  # and the file is closed
    return response


def test_the_answer_comes_as_csv(registrar: APIClient) -> None:
    response = post(registrar, TEXT, content_type="text/csv", accept="text/csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Roster-Applied"] == "true"
    assert response["X-Roster-Counts"] == "create=2, update=0, unchanged=0, refuse=1"
    rows = list(csv.reader(StringIO(response.content.decode())))
    assert rows == [
        ["student_key", "status", "note", "line", "verdict", "reason"],
        ["rv-1", "enrolled", "'=1+1", "2", "enrolled", ""],
        ["rv-2", "pending", "", "3", "pending", ""],
        [
            "rv-3",
            "gone",
            "x",
            "4",
            "invalid-status",
            "'gone' is none of enrolled, pending, suspended, canceled, ended",
        ],
    ]


def test_the_answer_comes_as_ndjson(registrar: APIClient) -> None:
    response = post(registrar, TEXT, content_type="text/csv", accept="application/x-ndjson")
    assert response["Content-Type"] == "application/x-ndjson"
    first, *_ = map(json.loads, response.content.decode().splitlines())
    assert first == answer_to(2, "rv-1", "create", "enrolled")


def test_only_the_refused_rows_are_answered_or_none(registrar: APIClient) -> None:
    refused = post(registrar, TEXT, f"{ROSTER}?answers=refused", "text/csv").json()
    assert [row["line"] for row in refused["rows"]] == [4]
    none = post(registrar, TEXT, f"{ROSTER}?answers=none", "text/csv").json()
    assert none["counts"]["unchanged"] == 2
    assert "rows" not in none


def test_a_dry_run_writes_nothing(hydrology: ProgramOutline, registrar: APIClient) -> None:
    answer = post(registrar, TEXT, f"{ROSTER}?dry_run=true", "text/csv").json()
    assert (answer["dry_run"], answer["applied"], answer["counts"]["create"]) == (True, False, 2)
    assert not ChangeSet.objects.exists()


def test_atomic_writes_nothing_if_a_row_is_refused(
    hydrology: ProgramOutline, registrar: APIClient
) -> None:
    answer = post(registrar, TEXT, f"{ROSTER}?atomic=true", "text/csv").json()
    assert (answer["atomic"], answer["applied"]) == (True, False)
    assert stored(hydrology) == []


def test_a_mode_limits_what_may_happen(registrar: APIClient) -> None:
    answer = post(registrar, TEXT, f"{ROSTER}?mode=update", "text/csv").json()
    assert [row["verdict"] for row in answer["rows"]] == [
        "not-in-program",
        "not-in-program",
        "invalid-status",
    ]


def test_the_reason_and_the_request_are_kept(registrar: APIClient) -> None:
    post(registrar, TEXT, f"{ROSTER}?reason=spring", "text/csv", x_request_id="req-1")
    assert ChangeSet.objects.values_list("reason", "request_id").get() == ("spring", "req-1")
    post(registrar, "student_key,status\nrv-9,ended\n", f"{ROSTER}?name=may.csv", "text/csv")
    assert ChangeSet.objects.latest("id").reason == "roster 'may.csv'"


def test_a_course_roster_is_written(hydrology: ProgramOutline, registrar: APIClient) -> None:
    given.enrolled("rv-1", program=hydrology)
    row = {"student_key": "rv-1", "course_id": "hyd", "status": "active", "course_staff": True}
    answer = post(registrar, json.dumps([row]), COURSE_ROSTER).json()
    assert answer["kind"] == "course"
    assert answer["rows"] == [{**answer_to(1, "rv-1", "create", "active"), "course_id": "hyd"}]


@pytest.mark.parametrize(("rows", "status"), [(3, 200), (2, 202)])
def test_a_roster_of_too_many_rows_becomes_a_job(
    rows: int, status: int, registrar: APIClient, settings: Settings
) -> None:
    settings.ROSTER_ROWS_AT_ONCE = rows
    assert post(registrar, TEXT, content_type="text/csv").status_code == status
    assert RosterJob.objects.count() == (status == 202)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("mode=delete", "mode"),
        ("dry_run=perhaps", "dry_run"),
        ("dryrun=true", "dryrun"),
        ("answers=some", "answers"),
        ("atomic=true&atomic=false", "atomic"),
        ("reason=" + "a" * 2001, "reason"),
    ],
)
def test_a_query_that_is_not_understood_writes_nothing(
    query: str, words: str, hydrology: ProgramOutline, registrar: APIClient
) -> None:
    response = post(registrar, TEXT, f"{ROSTER}?{query}", "text/csv")
    assert response.status_code == 400
    assert words in response.json()["detail"]
    assert stored(hydrology) == []


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("text/csv", b"\xff\xfe", 400, "wrong-encoding"),
        ("text/csv", b"", 400, "empty-roster"),
        ("text/csv", b"student_key,status\n", 400, "empty-roster"),
        ("text/csv", b"student_key\nrv-1\n", 400, "missing-columns"),
        ("text/csv", TEXT.encode() + b'"rv-9', 400, "unclosed-quote"),
        ("application/json", b"[]", 400, "empty-roster"),
        ("application/json", b"", 400, "malformed-line"),
        ("application/json", b"nothing", 400, "malformed-line"),
        ("application/json", json.dumps(ROWS).encode()[:-1], 400, "malformed-line"),
        ("application/json", b"[" * 100_000, 400, "malformed-line"),
        ("application/json", '["é"]'.encode("latin-1"), 400, "wrong-encoding"),
        ("application/json; charset=latin-1", b"[]", 415, "unsupported-charset"),
        ("application/xml", b"<rows/>", 415, "unsupported-media-type"),
        ("", b"[]", 415, "unsupported-media-type"),
        ("multipart/form-data", b"--", 415, "unsupported-media-type"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_and_writes_nothing(  # noqa: PLR0917  as they are given
    content_type: str,
    body: bytes,
    status: int,
    code: str,
    hydrology: ProgramOutline,
    registrar: APIClient,
) -> None:
    response = post(registrar, body, content_type=content_type)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert stored(hydrology) == []


def test_a_body_over_the_limit_is_refused(registrar: APIClient, settings: Settings) -> None:
    settings.ROSTER_BYTES = 1000
    assert post(registrar, b"a" * 1001, content_type="text/csv").status_code == 413
    bomb = gzip.compress(b"student_key,status\n" + b"rv-1,enrolled\n" * 1000)
    response = post(registrar, bomb, content_type="text/csv", content_encoding="gzip")
    assert (response.status_code, response.json()["code"]) == (413, "roster-too-large")


def test_a_body_that_does_not_say_how_long_it_is_is_refused(
    hydrology: ProgramOutline, registrar: APIClient
) -> None:
    """Cut off in the middle it would look like a shorter roster."""
    response = post(registrar, TEXT, content_type="text/csv", transfer_encoding="chunked")
    assert (response.status_code, response.json()["code"]) == (411, "length-required")
    assert stored(hydrology) == []


def test_another_schools_program_is_not_there(hydrology: ProgramOutline) -> None:
    stranger = calling_with("write", school_key="Hillside", username="stranger")
    hidden = post(stranger, TEXT, content_type="text/csv")
    missing = post(stranger, TEXT, ROSTER.replace("hydrology", "nowhere"), "text/csv")
    assert hidden.status_code == missing.status_code == 404
    told = [
        {**response.json(), "request_id": None, "detail": None} for response in (hidden, missing)
    ]
    assert told[0] == told[1]
    assert stranger.get(ROSTER).status_code == 404
    assert stored(hydrology) == []


def test_who_only_reads_may_fetch_and_not_write(hydrology: ProgramOutline) -> None:
    reader = calling_with("read", username="reader")
    assert post(reader, TEXT, content_type="text/csv").status_code == 403
    assert fetch(reader).status_code == 200


def test_nobody_is_asked_who_they_are(hydrology: ProgramOutline) -> None:
    assert post(calling_anonymously(), TEXT, content_type="text/csv").status_code == 401


def test_under_a_key_a_roster_is_written_once(
    hydrology: ProgramOutline, registrar: APIClient
) -> None:
    first = post(registrar, TEXT, content_type="text/csv", idempotency_key="k")
    again = post(registrar, TEXT, content_type="text/csv", idempotency_key="k")
    assert first.json() == again.json()
    assert again.json()["counts"]["create"] == 2
    assert post(registrar, NDJSON, content_type="text/csv", idempotency_key="k").status_code == 422
    assert ChangeSet.objects.count() == 1


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", "text/csv"])
@pytest.mark.parametrize("address", [ROSTER, COURSE_ROSTER])
def test_what_is_fetched_and_sent_back_changes_nothing(
    accept: str, address: str, hydrology: ProgramOutline, registrar: APIClient
) -> None:
    keys = ["rv-1", "=1+1", "'=x", "-", "日本", 'a "b", c', "O'Brien"]
    run = given.course_run("HYD1")
    given.enrolled(*keys, program=hydrology)
    given.on_course(*keys, program=hydrology, run=run, course_staff="true")
    given.on_course("-", program=hydrology, run=run, status="inactive", course_staff="false")
    fetched = fetch(registrar, address, accept=accept)
    assert fetched.status_code == 200
    assert fetched["X-Roster-Left-Out"] == "0"
    body = fetched.whole
    assert len(body) == int(fetched["Content-Length"])
    answer = post(registrar, body, address, fetched["Content-Type"]).json()
    assert answer["counts"] == {"create": 0, "update": 0, "unchanged": len(keys), "refuse": 0}


def test_a_fetched_roster_is_not_sent_again_to_who_has_it(
    hydrology: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("rv-1", program=hydrology)
    etag = fetch(registrar)["ETag"]
    assert fetch(registrar, if_none_match=etag).status_code == 304
    given.enrolled("rv-2", program=hydrology)
    assert fetch(registrar, if_none_match=etag).status_code == 200


def test_an_empty_program_is_fetched(hydrology: ProgramOutline, registrar: APIClient) -> None:
    assert json.loads(fetch(registrar).whole) == {"rows": []}
