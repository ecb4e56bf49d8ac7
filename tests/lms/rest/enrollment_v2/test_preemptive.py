"""What waits, over HTTP."""

from datetime import timedelta

import pytest

from matricula.lms.identities.api import email_address
from tests import given
from tests.calling import calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import (
    V2,
    calling_from_everywhere,
    follow_pages,
    get,
    post,
    refused,
)

pytestmark = pytest.mark.django_db

LIST = "preemptive-enrollments"
DAY = timedelta(days=1)
TAKEN = {
    "program_enrollments": 0,
    "course_enrollments": 0,
    "course_roles": 0,
    "dry_run": False,
    "nothing_waits_for": [],
}


def values(**query: object) -> list[str]:
    found = get(calling_from_everywhere(), LIST, **query)["results"]
    return [each["value"] for each in found]


def test_what_waits_is_listed() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", program=program, run=run, at=given.NOW + DAY)
    given.bound("rv-2", given.account())
    assert get(calling_with("read"), LIST) == {
        "results": [
            {
                "kind": "student_key",
                "organization": "RiverU",
                "value": "rv-1",
                "program": "hydrology",
                "course_run": None,
                "status": "enrolled",
                "courses": 1,
                "since": "2031-01-10T09:00:00Z",
                "last_change": "2031-01-11T09:00:00Z",
            }
        ],
        "next": None,
    }


def test_it_is_chosen_by_program_school_name_and_age() -> None:
    hydrology, botany = given.program(), given.program("botany")
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.enrolled("rv-2", program=botany, at=given.NOW + DAY)
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    given.direct(email_address("a@x.org"), run=given.course_run())
    assert values() == ["rv-1", "rv-2", "rv-2", "lk-1", "a@x.org"]
    assert values(program="botany") == ["rv-2"]
    assert values(organization="LakeU") == ["lk-1"]
    assert values(organization="RiverU", student_key="RV-2") == ["rv-2", "rv-2"]
    assert values(email="A@x.org") == ["a@x.org"]
    assert values(organization="RiverU", unchanged_since="2031-01-10T09:00:00Z") == [
        "rv-1",
        "rv-2",
    ]


def test_pages_follow_each_other_to_the_end() -> None:
    program = given.program()
    given.enrolled(*(f"rv-{n}" for n in range(5)), program=program)
    caller = calling_with("read")
    for query in ({}, {"program": "hydrology"}):
        pages = follow_pages(caller, LIST, page_size=2, **query)
        assert [[each["value"] for each in page] for page in pages] == [
            ["rv-0", "rv-1"],
            ["rv-2", "rv-3"],
            ["rv-4"],
        ]


def test_what_is_another_schools_is_not_there() -> None:
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    caller = calling_with("write")
    assert get(caller, LIST)["results"] == []
    refused(caller.get(V2 + LIST, {"program": "lakes"}), 404, "program-not-found")
    refused(caller.get(V2 + LIST, {"organization": "LakeU"}), 404, "organization-not-found")
    body = {"program": "lakes", "reason": "r"}
    refused(caller.post(V2 + LIST + "/withdraw", body), 404, "program-not-found")
    refused(caller.post(V2 + LIST + "/expire", {"program": "lakes"}), 404, "program-not-found")
    given.direct(email_address("a@x.org"), run=given.course_run())
    answer = post(caller, LIST + "/withdraw", emails=["a@x.org"], reason="r")
    assert answer["nothing_waits_for"] == ["a@x.org"]
    assert values() == ["lk-1", "a@x.org"]


class TestWithdrawing:
    def test_what_waits_is_taken_back(self) -> None:
        run = given.course_run()
        program = given.program(runs=[run])
        given.enrolled("rv-1", "rv-2", "rv-3", program=program)
        given.on_course("rv-1", program=program, run=run)
        given.bound("rv-3", given.account())
        answer = post(
            calling_with("write"),
            LIST + "/withdraw",
            program="hydrology",
            student_keys=["RV-1", "rv-3", "rv-9"],
            reason="deferred",
        )
        assert answer == {
            **TAKEN,
            "program_enrollments": 1,
            "course_enrollments": 1,
            "nothing_waits_for": ["rv-3", "rv-9"],
        }
        assert values() == ["rv-2"]

    def test_a_plan_tells_and_takes_nothing(self) -> None:
        given.enrolled("rv-1", "rv-2", program=given.program())
        body = {"organization": "RiverU", "reason": "r", "dry_run": True}
        answer = post(calling_with("write"), LIST + "/withdraw", **body)
        assert answer == {**TAKEN, "program_enrollments": 2, "dry_run": True}
        assert values() == ["rv-1", "rv-2"]

    def test_what_is_not_said_is_asked_for(self) -> None:
        caller = calling_with("write")
        refused(caller.post(V2 + LIST + "/withdraw", {"reason": "r"}), 400, "nothing-chosen")
        blank = {"organization": "RiverU", "reason": " "}
        refused(caller.post(V2 + LIST + "/withdraw", blank), 400, "reason-missing")
        whose = {"student_keys": ["rv-1"], "reason": "r"}
        refused(caller.post(V2 + LIST + "/withdraw", whose), 400, "invalid-body")

    def test_who_may_only_read_may_not(self) -> None:
        given.program()
        body = {"program": "hydrology", "reason": "r"}
        answer = calling_with("read").post(V2 + LIST + "/withdraw", body)
        refused(answer, 403, "permission-missing")


class TestExpiring:
    def test_what_is_old_is_taken_back(self) -> None:
        given.enrolled("rv-1", program=given.program())
        caller = calling_with("write", school_key=None)
        body = {"organization": "RiverU", "days": 36500}
        assert post(caller, LIST + "/expire", **body) == TAKEN
        refused(caller.post(V2 + LIST + "/expire", {"days": 0}), 400, "invalid-body")
        refused(caller.post(V2 + LIST + "/expire", {"days": 10**30}), 400, "invalid-body")


def test_it_takes_as_many_queries_for_many_as_for_few() -> None:
    program = given.program()
    caller = calling_with("read")
    given.enrolled("rv-1", program=program)
    few = count_statements(lambda: get(caller, LIST))
    given.enrolled(*(f"rv-{n}" for n in range(200)), program=program)
    assert count_statements(lambda: get(caller, LIST)) == few <= 6


def test_it_is_found_by_name_of_program() -> None:
    for key in ("hydrology", "hydraulics", "botany"):
        given.enrolled("rv-1", "rv-2", program=given.program(key))
    given.granted(email_address("a@example.org"), run=given.course_run())

    def list_found(title: str) -> list[str]:
        pages = follow_pages(calling_from_everywhere(), LIST, program_title=title, page_size=1)
        return [each["program"] for page in pages for each in page]

    assert list_found("HYDR") == ["hydrology"] * 2 + ["hydraulics"] * 2
    assert list_found("botany") == ["botany"] * 2
    assert list_found("cooking") == []
    assert list_found(" ") == []
    theirs = calling_with("read", school_key="LakeU")
    assert get(theirs, LIST, program_title="hydr")["results"] == []
