"""What all of the surface has in common: problems, strict bodies and queries, ETags, keys."""

import io
import tracemalloc
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from matricula.lms.accounts.api import Account
from matricula.lms.ledger.api import ChangeSet
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.enrollment_v2.asking import V2, get, refused

pytestmark = pytest.mark.django_db

ACCOUNTS = V2 + "accounts"
LOCK_KEY = "SELECT pg_advisory_lock(hashtextextended(%s, %s))"
MIRA = {"username": "mira", "email": "mira@example.org"}


def raw(caller: Any, body: bytes, *, content_type: str = "application/json") -> Any:  # noqa: ANN401
    return caller.generic("POST", ACCOUNTS, body, content_type=content_type)


def test_a_read_has_an_etag_and_is_not_sent_again_to_who_has_it() -> None:
    caller = calling_with("read")
    first = caller.get(V2 + "me")
    assert first.status_code == 200
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(first["Vary"].split(", "))

    again = caller.get(V2 + "me", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert caller.get(V2 + "me", HTTP_IF_NONE_MATCH="*").status_code == 304

    given.with_role("support", Account.objects.get(username="registrar"))
    other = caller.get(V2 + "me", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (other.status_code, other["ETag"] != first["ETag"]) == (200, True)


def test_nobody_is_let_in_before_anything_is_looked_at() -> None:
    answer = calling_anonymously().post(ACCOUNTS, b"{", content_type="text/plain")
    refused(answer, 401, "not-authenticated")
    assert "WWW-Authenticate" in answer


def test_the_request_id_goes_in_and_comes_out() -> None:
    answer = calling_with("read").get(V2 + "me", HTTP_X_REQUEST_ID="abc-1")
    assert answer["X-Request-ID"] == "abc-1"
    answer = calling_anonymously().get(V2 + "me", HTTP_X_REQUEST_ID="abc-2")
    assert answer.json()["request_id"] == "abc-2"


def test_a_write_of_the_api_is_under_its_request_in_the_ledger() -> None:
    given.enrolled("rv-1", program=given.program())
    answer = calling_with("write").post(
        V2 + "preemptive-enrollments/withdraw",
        {"program": "hydrology", "reason": "deferred"},
        HTTP_X_REQUEST_ID="abc-3",
    )
    assert answer.status_code == 200, answer.content
    act = ChangeSet.objects.get(request_id="abc-3")
    registrar = Account.objects.get(username="registrar")
    assert (act.actor, act.channel) == (f"account:{registrar.pk}", "rest")


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "no JSON"),
            (b"{", "no JSON"),
            (b"{'a': 1}", "no JSON"),
            (b'{"username": NaN}', "no JSON"),
            (b'{"username": "\xff"}', "no JSON in UTF-8"),
            (b'{"username": "\\ud800", "email": "a@x"}', "no JSON"),
            (b'{"username": "a\\u0000b", "email": "a@x"}', "null character"),
            (b"[]", "the body: Expected `object`"),
            (b'{"username": 7, "email": "a@x"}', "username: Expected `str`, got `int`"),
            (b'{"username": "a"}', "the body: Object missing required field `email`"),
            (b'{"username": "a", "email": "a@x", "admin": true}', "admin: there is no such field"),
            (b'{"username": "a", "email": ""}', "email: Expected `str` of length >= 3"),
            (b"[" * 100_000 + b"]" * 100_000, ""),
            (b'{"a":' * 100_000, ""),
        ],
    )
    def test_what_is_wrong_is_named(self, body: bytes, said: str) -> None:
        assert said in refused(
            raw(calling_with("support", school_key=None), body), 400, "invalid-body"
        )

    def test_where_it_is_wrong_is_named_within_rows(self) -> None:
        grade = {"username": "mira", "course_run": "a", "is_passing": "yes"}
        answer = calling_with("write", school_key=None).post(V2 + "grades", {"grades": [grade]})
        assert refused(answer, 400, "invalid-body").startswith("grades[0].is_passing: Expected")

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
    def test_a_body_that_is_not_json_is_not_read(self, content_type: str) -> None:
        caller = calling_with("support", school_key=None)
        refused(raw(caller, b"{}", content_type=content_type), 415, "unsupported-media-type")

    def test_a_charset_other_than_utf_8_is_not_read(self) -> None:
        caller = calling_with("support", school_key=None)
        answer = raw(caller, b"{}", content_type="application/json; charset=latin-1")
        refused(answer, 415, "unsupported-charset")

    @pytest.mark.parametrize("key", [None, "k-1"])
    def test_a_body_of_50_megabytes_is_refused_and_not_kept_in_memory(
        self, key: str | None
    ) -> None:
        caller = calling_with("support", school_key=None)
        body = io.BytesIO(b" " * 50 * 2**20)
        extra: dict[str, Any] = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
        tracemalloc.start()
        answer = caller.post(
            ACCOUNTS,
            content_type="application/json",
            **{"CONTENT_LENGTH": str(50 * 2**20), "wsgi.input": body, **extra},
        )
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        refused(answer, 413, "body-too-large")
        assert peak < 10 * 2**20


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("page_size=0", "page_size: Expected `int` >= 1"),
            ("page_size=1001", "page_size: Expected `int` <= 1000"),
            ("page_size=-5", "page_size"),
            ("page_size=ten", "page_size: Expected `int`"),
            ("page_size=99999999999999999999999999", "page_size"),
            ("page_size=5&page_size=6", "page_size: it is given 2 times"),
            ("cursor=", "cursor"),
            ("cursor=nonsense", "cursor"),
            ("cursor=%C3%A4", "cursor"),
            ("cursor=" + "a" * 5000, "cursor"),
            ("cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "cursor"),
            ("cursor=LTE=", "cursor"),
            ("cursor=W1tbW1tb", "cursor"),
            ("program=a%00b", "'program': it has a null character"),
            ("a%00b=1", "null character"),
            ("state=enrolled", "state: there is no such field in the query"),
            ("status=enroled", "status[0]: Invalid enum value"),
            ("waiting=perhaps", "waiting: Expected"),
            ("changed_since=yesterday", "changed_since: Invalid"),
            ("changed_since=0000-01-01T00:00:00Z", "changed_since: Invalid"),
            ("changed_since=2031-02-30T00:00:00Z", "changed_since: Invalid"),
            ("changed_since=2031-01-01T00:00:00", "changed_since: Expected `datetime` with"),
            ("student_key=rv-1", "student_key: say whose it is"),
            ("as_of=2031-01-01T00:00:00Z", "as_of: say of which program"),
        ],
    )
    def test_what_is_wrong_is_named(self, query: str, said: str) -> None:
        answer = calling_with("read").get(f"{V2}program-enrollments?{query}")
        assert said in refused(answer, 400, "invalid-parameter")

    @pytest.mark.parametrize(
        "moment",
        [
            "0001-01-01T00:00:00%2B14:00",
            "9999-12-31T23:59:59-14:00",
            "9999-12-31T23:59:59Z",
            "2031-01-10T00:00:00-22:18",
            "2031-01-10T00:00:00%2B23:59",
        ],
    )
    def test_moments_at_the_ends_of_time_are_moments(self, moment: str) -> None:
        given.program()
        caller = calling_with("read")
        for name in ("changed_since", "as_of"):
            path = f"{V2}program-enrollments?program=hydrology&{name}={moment}"
            assert caller.get(path).json() == {"results": [], "next": None}

    def test_a_null_character_in_the_address_names_nothing(self) -> None:
        caller = calling_with("support", school_key=None)
        refused(caller.get(V2 + "learners/a%00b"), 404, "not-found")
        refused(caller.get(V2 + "seats/mira/course-v1:a%00b"), 404, "not-found")
        refused(caller.get(V2 + "programs/a%00b"), 404, "not-found")


class TestRepeating:
    def test_under_one_key_a_write_is_carried_out_once(self) -> None:
        caller = calling_with("support", school_key=None)
        first = caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        assert first.status_code == 201, first.content
        again = caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        assert (again.status_code, again.content) == (201, first.content)
        assert again["Location"] == first["Location"] == V2 + "learners/mira"
        assert again["Content-Type"] == first["Content-Type"] == "application/json"
        assert again["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        assert Account.objects.filter(username="mira").count() == 1

    def test_a_refusal_is_kept_as_well(self) -> None:
        caller = calling_with("support", school_key=None)
        given.account("mira")
        first = caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        refused(first, 409, "username-taken")
        Account.objects.filter(username="mira").update(username="noah")
        again = caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        assert (again.status_code, again.content) == (409, first.content)
        assert again["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("changed", ["body", "query", "address"])
    def test_the_key_of_another_request_is_refused(self, changed: str) -> None:
        caller = calling_with("support", school_key=None)
        caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        path = V2 + "grades" if changed == "address" else ACCOUNTS
        path += "?a=1" if changed == "query" else ""
        body = {**MIRA, "name": "M"} if changed == "body" else MIRA
        answer = caller.post(path, body, HTTP_IDEMPOTENCY_KEY="k-1")
        refused(answer, 422, "idempotency-key-reused")

    def test_each_caller_has_keys_of_their_own(self) -> None:
        caller = calling_with("support", school_key=None)
        caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        other = calling_with("support", school_key=None, username="other")
        answer = other.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        refused(answer, 409, "username-taken")

    @pytest.mark.parametrize("key", ["", "k" * 256, "a\tb"])
    def test_a_key_that_cannot_be_one_is_refused(self, key: str) -> None:
        caller = calling_with("support", school_key=None)
        answer = caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY=key)
        refused(answer, 400, "invalid-idempotency-key")

    def test_what_is_still_running_is_not_begun_again(self) -> None:
        caller = calling_with("support", school_key=None)
        account_id = Account.objects.get(username="registrar").pk
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute(LOCK_KEY, ["k-1", account_id])
            answer = caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1")
        other.close()
        refused(answer, 409, "still-running")
        assert caller.post(ACCOUNTS, MIRA, HTTP_IDEMPOTENCY_KEY="k-1").status_code == 201

    def test_a_large_body_is_put_aside_and_still_read(self) -> None:
        caller = calling_with("catalog", school_key=None)
        body = "[" + " " * 5 * 2**20 + "]"
        answer = caller.generic(
            "POST",
            V2 + "catalog",
            body,
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY="k-1",
        )
        assert answer.status_code == 200, answer.content

    def test_a_read_takes_no_key(self) -> None:
        caller = calling_with("read")
        for _ in range(2):
            answer = caller.get(V2 + "me", HTTP_IDEMPOTENCY_KEY="k-1")
            assert "Idempotency-Replayed" not in answer


@pytest.mark.usefixtures("early_in_a_minute")
def test_who_asks_too_often_is_told_when_to_go_on() -> None:
    caller = calling_with("read")
    with override_settings(RATE_PER_MINUTE=2):
        for _ in range(2):
            get(caller, "me")
        answer = caller.get(V2 + "me")
    refused(answer, 429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_other_methods_and_addresses_are_problems_too() -> None:
    caller = calling_as(given.account())
    refused(caller.delete(V2 + "me"), 405, "method-not-allowed")
    refused(caller.get(V2 + "nothing"), 404, "not-found")
    assert caller.options(V2 + "me").status_code == 200
    assert caller.head(V2 + "me").status_code == 200
