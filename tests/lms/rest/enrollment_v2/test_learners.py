"""Learners, their seats, and why, over HTTP."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import email_address
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, get, refused

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
RUN = "course-v1:RiverU+HYD1+2031_T1"


def studying(status: str = "enrolled") -> None:
    """Mira is rv-1, in hydrology and its course run."""
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program, status=status)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", given.account("mira"))


def test_a_learner_is_pictured() -> None:
    studying()
    caller = calling_with("read")
    picture = get(caller, "learners/MIRA")
    assert picture["account"] == "mira"
    assert picture["identities"] == [
        {"kind": "student_key", "organization": "RiverU", "value": "rv-1", "bound": True}
    ]
    assert picture["program_enrollments"][0]["basis"] == "explicit"
    assert picture["seats"] == [
        {
            "course_run": RUN,
            "mode": "masters",
            "is_active": True,
            "grants": [
                {
                    "program": "hydrology",
                    "status": "active",
                    "mode": "masters",
                    "effective": True,
                    "reason": "",
                }
            ],
        }
    ]
    assert picture["missing"] is None  # a school does not read about addresses
    assert get(caller, "learners", student_key="RV-1", organization="RiverU") == picture


def test_support_and_they_themselves_are_told_what_is_missing() -> None:
    studying()
    mira = Account.objects.get(username="mira")
    EmailAddress.objects.create(user=mira, email="mira@example.org")
    for caller in (calling_with("support", school_key=None), calling_as(mira)):
        (lack,) = get(caller, "learners/mira")["missing"]
        assert (lack["code"], lack["what"]) == ("address-unproven", "mira@example.org")


def test_who_waits_is_pictured_too() -> None:
    given.enrolled("rv-1", program=given.program())
    given.direct(email_address("a@x.org"), run=given.course_run())
    caller = calling_with("read", school_key=None)
    waiting = get(caller, "learners", student_key="rv-1", organization="RiverU")
    assert (waiting["account"], waiting["program_enrollments"][0]["waiting"]) == (None, True)
    assert get(caller, "learners", email="a@x.org")["seats"][0]["is_active"] is False


def test_a_learner_is_pictured_as_of_a_moment() -> None:
    studying()
    given.enrolled("rv-1", program=given.program("botany"), at=given.NOW + DAY)
    caller = calling_with("read")
    then = get(caller, "learners/mira", as_of="2031-01-10T12:00:00Z")
    assert [each["program"] for each in then["program_enrollments"]] == ["hydrology"]
    named = {"student_key": "rv-1", "organization": "RiverU", "as_of": "2031-01-10T12:00:00Z"}
    assert get(caller, "learners", **named) == then
    answer = caller.get(V2 + "learners/mira", {"as_of": "2030-01-01T00:00:00Z"})
    refused(answer, 404, "not-there-yet")


def test_another_schools_learner_is_not_there() -> None:
    studying()
    caller = calling_with("read", school_key="LakeU")
    for path in ("learners/mira", "learners/mira/explain", "seats/mira/" + RUN):
        query = {"course_run": RUN} if path.endswith("explain") else {}
        said = refused(caller.get(V2 + path, query), 404, "account-not-found")
        assert said == "There is no account 'mira'."
    query = {"student_key": "rv-1", "organization": "RiverU"}
    refused(caller.get(V2 + "learners", query), 404, "organization-not-found")
    refused(caller.get(V2 + "learners", {"email": "a@x.org"}), 404, "identity-not-found")


def test_whom_is_asked_for_is_said_in_one_way() -> None:
    caller = calling_with("read")
    for query in (
        {},
        {"student_key": "rv-1"},
        {"organization": "RiverU"},
        {"email": "a@x.org", "organization": "RiverU"},
    ):
        refused(caller.get(V2 + "learners", query), 400, "invalid-parameter")
    refused(caller.get(V2 + "learners/mira/explain"), 400, "invalid-parameter")


class TestExplaining:
    def test_why_not_is_told_in_a_sentence_and_in_data(self) -> None:
        studying("suspended")
        caller = calling_with("read")
        told = get(caller, "learners/mira/explain", course_run=RUN)
        assert told["sentence"].startswith(f"Not in {RUN}: ")
        assert "suspended" in told["sentence"]
        assert (told["is_active"], told["mode"], told["open_conflicts"]) == (False, None, None)
        assert told["grants"][0]["program_status"] == "suspended"
        named = {"student_key": "rv-1", "organization": "RiverU", "course_run": RUN}
        assert get(caller, "explain", **named) == told

    def test_who_waits_is_explained_too(self) -> None:
        given.direct(email_address("a@x.org"), run=given.course_run())
        caller = calling_with("support", school_key=None)
        told = get(caller, "explain", email="a@x.org", course_run=RUN)
        assert "waiting" in told["sentence"]
        assert told["open_conflicts"] == 0


class TestSeats:
    def test_in_or_out_is_told(self) -> None:
        studying()
        caller = calling_with("read")
        seat = {"username": "mira", "course_run": RUN, "in": True, "mode": "masters"}
        assert get(caller, f"seats/mira/{RUN}") == seat
        assert get(caller, "seats/mira/" + quote(RUN, safe="")) == seat
        other = RUN.replace("HYD1", "HYD2")
        out = {"username": "mira", "course_run": other, "in": False, "mode": None}
        assert get(caller, f"seats/mira/{other}") == out

    def test_keys_of_the_old_form_have_slashes(self) -> None:
        run = given.course_run()
        run.key = "RiverU/HYD1/2031_T1"
        run.save()
        mira = given.account("mira")
        given.direct(email_address("a@x.org"), run=run)
        given.bound(email_address("a@x.org"), mira)
        caller = calling_as(mira)
        assert get(caller, "seats/mira/RiverU/HYD1/2031_T1")["in"] is True
        assert get(caller, "seats/mira/RiverU%2FHYD1%2F2031_T1")["in"] is True

    def test_everybody_may_ask_of_themselves(self) -> None:
        mira = given.account("mira")
        given.account("noah")
        assert get(calling_as(mira), f"seats/mira/{RUN}")["in"] is False
        refused(calling_as(mira).get(f"{V2}seats/noah/{RUN}"), 404, "account-not-found")

    def test_it_costs_one_query_beside_the_callers(self) -> None:
        studying()
        caller = calling_with("read")
        get(caller, f"seats/mira/{RUN}")
        empty = count_statements(lambda: caller.options(V2 + "me"))
        assert count_statements(lambda: get(caller, f"seats/mira/{RUN}")) == empty + 1


def test_a_picture_takes_as_many_queries_for_many_as_for_few() -> None:
    studying()
    caller = calling_with("read")
    few = count_statements(lambda: get(caller, "learners/mira"))
    for n in range(20):
        run = given.course_run(f"BOT{n}")
        program = given.program(f"botany-{n}", runs=[run])
        given.enrolled("rv-1", program=program)
        given.on_course("rv-1", program=program, run=run)
    assert count_statements(lambda: get(caller, "learners/mira")) == few <= 12
