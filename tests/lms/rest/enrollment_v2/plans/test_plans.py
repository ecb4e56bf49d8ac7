"""Plans over HTTP; what is common to the LMS in memory is tested in tests/lms_client."""

import csv
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.plans.api import Plan
from tests import given
from tests.calling import calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, follow_pages, get, refused

pytestmark = pytest.mark.django_db

PLANS = f"{V2}plans"
SENT = f"{PLANS}?program=hydrology&kind=program"


@pytest.fixture(autouse=True)
def hydrology() -> ProgramOutline:
    return given.program("hydrology")


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("write")


def make(caller: APIClient, *rows: str, address: str = SENT) -> Any:  # noqa: ANN401  a response
    text = "\n".join(["student_key,status", *rows, ""])
    return caller.generic("POST", address, text, "text/csv")


def made(caller: APIClient, *rows: str) -> dict[str, Any]:
    answer = make(caller, *rows)
    assert answer.status_code == 201, answer.content
    plan: dict[str, Any] = answer.json()
    return plan


def test_a_plan_says_what_it_is_and_where(registrar: APIClient) -> None:
    answer = make(registrar, "rv-1,enrolled", address=f"{SENT}&name=may.csv&reason=spring")

    plan = answer.json()
    links = plan.pop("links")
    assert answer["Location"] == links["plan"] == f"http://testserver{PLANS}/{plan['id']}"
    assert set(links) == {"plan", "answers", "apply", "undo"}
    assert plan["created_by"].startswith("account:")
    assert (plan["kind"], plan["mode"], plan["state"]) == ("program", "upsert", "ready")
    assert (plan["name"], plan["reason"], plan["undoes"]) == ("may.csv", "spring", None)
    assert get(registrar, f"plans/{plan['id']}") == {**plan, "links": links}


def test_its_rows_are_told_by_the_page_and_whole(registrar: APIClient) -> None:
    plan = made(registrar, *(f"rv-{number},enrolled" for number in range(5)), "rv-9,gone")
    address = f"plans/{plan['id']}/answers"

    pages = follow_pages(registrar, address, page_size=2, action="create")
    assert [[row["line"] for row in page] for page in pages] == [[2, 3], [4, 5], [6]]
    assert pages[0][0] == {
        "line": 2,
        "student_key": "rv-0",
        "course": "",
        "action": "create",
        "verdict": "enrolled",
        "reason": "",
        "before": "",
        "after": "enrolled",
    }
    whole: Any = registrar.get(V2 + address, HTTP_ACCEPT="text/csv")
    text = b"".join(whole.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["action"] for row in rows] == ["create"] * 5 + ["refuse"]


def test_a_stale_plan_is_a_problem_that_says_what_has_moved(
    registrar: APIClient, hydrology: ProgramOutline
) -> None:
    plan = made(registrar, "rv-1,enrolled")
    given.enrolled("RV-1", program=hydrology, status="ended")

    for key in ("a", "a", "b"):
        answer = registrar.post(f"{PLANS}/{plan['id']}/apply", HTTP_IDEMPOTENCY_KEY=key)
        assert "1 row is no longer" in refused(answer, 409, "plan-stale")
        assert answer.json()["moved"] == [
            {
                "line": 2,
                "student_key": "rv-1",
                "planned": {"action": "create", "verdict": "enrolled", "before": ""},
                "now": {"action": "update", "verdict": "enrolled", "before": "ended"},
            }
        ]
    assert get(registrar, f"plans/{plan['id']}")["state"] == "stale"


def test_plans_are_listed_the_newest_first(registrar: APIClient) -> None:
    ids = [made(registrar, f"rv-{number},enrolled")["id"] for number in range(3)]

    pages = follow_pages(registrar, "plans", program="hydrology", page_size=2)

    assert [[plan["id"] for plan in page] for page in pages] == [[ids[2], ids[1]], [ids[0]]]


def test_a_list_takes_as_many_queries_however_long_it_is(
    registrar: APIClient,
    hydrology: ProgramOutline,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made(registrar, "rv-1,enrolled")
    few = count_statements(lambda: get(registrar, "plans"))
    for number in range(5):
        plan = made(registrar, f"rv-{number},enrolled")
        given.enrolled(f"rv-{number}", program=hydrology)
        assert registrar.post(plan["links"]["apply"]).status_code == 409
    with django_assert_num_queries(few):
        listed = get(registrar, "plans")["results"]
    assert (listed[0]["state"], listed[0]["moved_count"], listed[0]["moved"]) == ("stale", 1, [])


def test_a_short_roster_is_undone_by_its_change_set(
    registrar: APIClient, hydrology: ProgramOutline
) -> None:
    given.enrolled("rv-1", program=hydrology)
    act = ChangeSet.objects.latest("pk").uuid

    undo = registrar.post(f"{V2}change-sets/{act}/undo?reason=wrong+file")

    assert undo.status_code == 201
    assert undo.json()["undoes"] == {"what": "change-set", "id": str(act)}
    assert undo.json()["counts"] == {"undo": 1, "unchanged": 0, "refuse": 0}
    assert registrar.post(undo.json()["links"]["apply"]).json()["state"] == "applied"


def test_a_roster_that_was_answered_at_once_is_undone_by_its_request(
    registrar: APIClient,
) -> None:
    text = "student_key,status\nrv-1,enrolled\nrv-2,enrolled\n"

    def send(request_id: str) -> Any:  # noqa: ANN401  a response
        return registrar.generic(
            "POST",
            f"{V2}programs/hydrology/roster",
            text,
            "text/csv",
            HTTP_ACCEPT="text/csv",
            HTTP_IDEMPOTENCY_KEY="roster-1",
            HTTP_X_REQUEST_ID=request_id,
        )

    sent, again = send("a/b:1"), send("a/b:2")
    assert (again["X-Request-ID"], again["Idempotency-Replayed"]) == ("a/b:2", "true")
    assert sent["Idempotency-Request-ID"] == again["Idempotency-Request-ID"] == "a/b:1"
    assert again["X-Roster-Applied"] == "true"

    address = f"{V2}requests/a%2Fb:1/undo?program=hydrology&reason=wrong+file"
    undo = registrar.post(address)

    assert undo.status_code == 201, undo.content
    assert undo.json()["undoes"] == {"what": "request", "id": "a/b:1"}
    assert undo.json()["counts"] == {"undo": 2, "unchanged": 0, "refuse": 0}
    assert registrar.post(undo.json()["links"]["apply"]).json()["state"] == "applied"
    refused(registrar.post(address.replace(":1", ":2")), 409, "nothing-to-undo")
    refused(registrar.post(f"{V2}requests/a/undo"), 400, "invalid-parameter")
    stranger = calling_with("write", school_key="LakeU", username="stranger")
    refused(stranger.post(address), 404, "program-not-found")
    assert calling_with("read", username="reader").post(address).status_code == 403


def test_a_long_plan_is_accepted(registrar: APIClient, settings: Settings) -> None:
    settings.ROSTER_ROWS_AT_ONCE = 1

    answer = make(registrar, "rv-1,enrolled", "rv-2,enrolled")

    assert (answer.status_code, answer.json()["state"]) == (202, "planning")
    early = registrar.post(answer.json()["links"]["apply"])
    assert "it is planning" in refused(early, 409, "plan-not-ready")


def test_no_job_is_listed_for_a_plan(registrar: APIClient) -> None:
    plan = made(registrar, "rv-1,enrolled")

    assert get(registrar, "jobs")["results"] == []
    refused(registrar.get(f"{V2}jobs/{plan['id']}"), 404, "job-not-found")


def test_whoever_may_not_write_may_neither_plan_nor_see(registrar: APIClient) -> None:
    plan = made(registrar, "rv-1,enrolled")
    reader = calling_with("read", username="reader")
    stranger = calling_with("write", school_key="LakeU", username="stranger")

    assert make(reader, "rv-1,enrolled").status_code == 403
    assert make(stranger, "rv-1,enrolled").status_code == 404
    for method, path in (
        ("GET", ""),
        ("GET", "/answers"),
        ("POST", "/apply"),
        ("POST", "/undo"),
        ("DELETE", ""),
    ):
        address = f"{PLANS}/{plan['id']}{path}"
        assert reader.generic(method, address).status_code == 403
        refused(stranger.generic(method, address), 404, "plan-not-found")
    assert stranger.get(PLANS).json()["results"] == []
    assert Plan.objects.get().outcome == "open"
    nothing = uuid4()
    refused(registrar.post(f"{V2}change-sets/{nothing}/undo"), 404, "change-set-not-found")
