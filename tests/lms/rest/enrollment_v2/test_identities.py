"""Names over HTTP: whose they are, and linking by staff."""

import pytest

from matricula.lms.identities.api import email_address
from tests import given
from tests.calling import calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, follow_pages, get, post, refused

pytestmark = pytest.mark.django_db

RV_1 = {"kind": "student_key", "organization": "RiverU", "value": "rv-1"}
BIND, UNBIND, REBIND = (f"identities/{what}" for what in ("bind", "unbind", "rebind"))


def binding(**accounts: str) -> dict[str, object]:
    return {
        "kind": "student_key",
        "organization": "RiverU",
        "bindings": [
            {"value": value.replace("_", "-"), "username": username}
            for value, username in accounts.items()
        ],
        "reason": "saw the passport",
    }


def test_whose_a_name_is_is_told() -> None:
    given.enrolled("Rv-1", program=given.program())
    caller = calling_with("read")
    waiting = {
        "kind": "student_key",
        "organization": "RiverU",
        "value": "Rv-1",
        "account": None,
        "bound_at": None,
        "bound_via": None,
        "waiting": True,
    }
    assert get(caller, "identities", **RV_1) == waiting
    given.bound("rv-1", given.account("mira"))
    assert get(caller, "identities", **RV_1) == {
        **waiting,
        "account": "mira",
        "bound_at": "2031-01-10T09:00:00Z",
        "bound_via": "sign_on",
        "waiting": False,
    }


def test_what_cannot_be_a_name_is_refused() -> None:
    caller = calling_with("read")
    queries: tuple[dict[str, str], ...] = (
        {"kind": "email", "organization": "RiverU", "value": "a@x.org"},
        {"kind": "student_key", "value": "rv-1"},
    )
    for query in queries:
        refused(caller.get(V2 + "identities", query), 400, "invalid-body")
    other = caller.get(V2 + "identities", {**RV_1, "kind": "account"})
    refused(other, 400, "invalid-parameter")
    refused(caller.get(V2 + "identities", RV_1), 404, "identity-not-found")


def test_another_schools_names_are_not_there() -> None:
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    given.account("mira")
    caller = calling_with("support")
    theirs = {"kind": "student_key", "organization": "LakeU", "value": "lk-1"}
    refused(caller.get(V2 + "identities", theirs), 404, "organization-not-found")
    body = {**theirs, "reason": "r"}
    refused(caller.post(V2 + UNBIND, body), 404, "organization-not-found")
    refused(caller.post(V2 + REBIND, {**body, "username": "mira"}), 404, "organization-not-found")
    bindings = {**binding(lk_1="mira"), "organization": "LakeU"}
    refused(caller.post(V2 + BIND, bindings), 404, "organization-not-found")


class TestBinding:
    def test_a_name_is_bound_and_everything_made_for_it_is_the_accounts(self) -> None:
        given.enrolled("rv-1", program=given.program())
        given.account("mira")
        caller = calling_with("support")
        assert post(caller, BIND, **binding(rv_1="MIRA")) == {
            "results": [
                {
                    "value": "rv-1",
                    "username": "MIRA",
                    "outcome": "bound",
                    "account": "mira",
                    "reason": "",
                }
            ]
        }
        assert get(caller, "learners/mira")["program_enrollments"][0]["program"] == "hydrology"

    def test_each_of_many_is_answered(self) -> None:
        mira, noah = given.account("mira"), given.account("noah")
        given.bound("rv-1", mira)
        given.bound("rv-2", noah)
        rows = {"rv_1": "mira", "rv_2": "mira", "rv_3": "noah", "rv_4": "nobody", "": "mira"}
        answer = post(calling_with("support"), BIND, **binding(**rows))
        assert [(each["outcome"], each["account"]) for each in answer["results"]] == [
            ("already", "mira"),
            ("refused", "noah"),
            ("bound", "noah"),
            ("unknown-account", None),
            ("invalid-key", None),
        ]

    def test_an_address_is_for_who_supports_everywhere(self) -> None:
        given.account("mira")
        body = {
            "kind": "email",
            "bindings": [{"value": "a@x.org", "username": "mira"}],
            "reason": "r",
        }
        refused(calling_with("support").post(V2 + BIND, body), 403, "permission-missing")
        everywhere = calling_with("support", school_key=None, username="all")
        assert post(everywhere, BIND, **body)["results"][0]["outcome"] == "bound"

    def test_who_may_not_link_learns_of_no_account(self) -> None:
        given.account("mira")
        caller = calling_with("write")
        answers = [
            caller.post(V2 + path, body)
            for username in ("mira", "nobody")
            for path, body in (
                (BIND, binding(rv_1=username)),
                (REBIND, {**RV_1, "username": username, "reason": "r"}),
            )
        ]
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.json()["detail"] for answer in answers}) == 1

    def test_a_reason_is_needed_and_no_name_twice(self) -> None:
        given.account("mira")
        caller = calling_with("support")
        blank = {**binding(rv_1="mira"), "reason": " "}
        refused(caller.post(V2 + BIND, blank), 400, "reason-missing")
        twice = {**binding(rv_1="mira"), "bindings": [{"value": "a", "username": "mira"}] * 2}
        refused(caller.post(V2 + BIND, twice), 400, "repeated-name")
        many = {**binding(), "bindings": [{"value": "a", "username": "mira"}] * 1001}
        refused(caller.post(V2 + BIND, many), 400, "invalid-body")

    def test_it_takes_as_many_queries_for_many_as_for_few(self) -> None:
        for name in ("mira", "noah"):
            given.account(name)
        caller = calling_with("support")
        few = count_statements(lambda: post(caller, BIND, **binding(a="mira", b="noah")))
        many = binding(**{f"rv_{n}": "mira" for n in range(200)})
        assert count_statements(lambda: post(caller, BIND, **many)) <= few + 1


class TestMoving:
    def test_a_name_is_taken_from_its_account(self) -> None:
        given.bound("rv-1", given.account("mira"))
        caller = calling_with("support")
        answer = post(caller, UNBIND, **RV_1, reason="the wrong person")
        assert answer == {"account": None, "former": "mira"}
        again = caller.post(V2 + UNBIND, {**RV_1, "reason": "r"})
        refused(again, 409, "not-bound")

    def test_a_name_is_moved_to_another_account(self) -> None:
        given.bound("rv-1", given.account("mira"))
        given.account("noah")
        caller = calling_with("support")
        answer = post(caller, REBIND, **RV_1, username="noah", reason="it was his")
        assert answer == {"account": "noah", "former": "mira"}
        body = {**RV_1, "username": "nobody", "reason": "r"}
        refused(caller.post(V2 + REBIND, body), 404, "account-not-found")
        body = {**RV_1, "value": "rv-9", "username": "noah", "reason": "r"}
        refused(caller.post(V2 + REBIND, body), 404, "identity-not-found")


class TestConflicts:
    @staticmethod
    def quarrel(value: str, *, school_key: str = "RiverU") -> None:
        given.bound(value, given.account(f"mira-{value}"), school_key=school_key)
        given.bound(value, given.account(f"noah-{value}"), school_key=school_key)

    def test_a_conflict_is_listed_and_resolved(self) -> None:
        self.quarrel("rv-1")
        caller = calling_with("support")
        [found] = get(caller, "identities/conflicts")["results"]
        number = found.pop("id")
        assert found == {
            "kind": "student_key",
            "organization": "RiverU",
            "value": "rv-1",
            "holder": "mira-rv-1",
            "claimant": "noah-rv-1",
            "via": "sign_on",
            "attempts": 1,
            "first_at": "2031-01-10T09:00:00Z",
            "last_at": "2031-01-10T09:00:00Z",
        }
        path = f"identities/conflicts/{number}/resolve"
        answer = post(caller, path, rebind=True, reason="it was his")
        assert answer == {"id": number, "resolution": "rebound"}
        assert get(caller, "identities", **RV_1)["account"] == "noah-rv-1"
        assert get(caller, "identities/conflicts")["results"] == []
        again = caller.post(V2 + path, {"rebind": False, "reason": "r"})
        refused(again, 404, "conflict-not-found")

    def test_pages_follow_each_other_to_the_end(self) -> None:
        for n in range(5):
            self.quarrel(f"rv-{n}")
        pages = follow_pages(calling_with("support"), "identities/conflicts", page_size=2)
        assert [[each["value"] for each in page] for page in pages] == [
            ["rv-0", "rv-1"],
            ["rv-2", "rv-3"],
            ["rv-4"],
        ]

    def test_another_schools_conflict_is_not_there(self) -> None:
        self.quarrel("lk-1", school_key="LakeU")
        theirs = calling_with("support", school_key="LakeU", username="lake")
        number = get(theirs, "identities/conflicts")["results"][0]["id"]
        caller = calling_with("support")
        assert get(caller, "identities/conflicts")["results"] == []
        body = {"rebind": True, "reason": "r"}
        for each in (number, number + 1, 10**30):
            answer = caller.post(f"{V2}identities/conflicts/{each}/resolve", body)
            assert refused(answer, 404, "conflict-not-found") == (
                f"There is no open conflict {each}."
            )
        reader = calling_with("read", username="reader")
        answer = reader.post(f"{V2}identities/conflicts/{number}/resolve", body)
        refused(answer, 403, "permission-missing")

    def test_it_takes_as_many_queries_for_many_as_for_few(self) -> None:
        self.quarrel("rv-0")
        caller = calling_with("support")
        few = count_statements(lambda: get(caller, "identities/conflicts"))
        for n in range(1, 8):
            self.quarrel(f"rv-{n}")
        assert count_statements(lambda: get(caller, "identities/conflicts")) == few <= 9


def test_an_address_is_looked_up_by_who_reads_everywhere() -> None:
    given.direct(email_address("a@x.org"), run=given.course_run())
    query = {"kind": "email", "value": "A@X.org"}
    found = get(calling_with("read", school_key=None), "identities", **query)
    assert (found["value"], found["waiting"]) == ("a@x.org", True)
    other = calling_with("read", username="other").get(V2 + "identities", query)
    refused(other, 403, "permission-missing")
