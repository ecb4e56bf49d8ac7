"""Course enrollments over HTTP: listed, and granted directly."""

from datetime import timedelta

import pytest

from matricula.lms.identities.api import account_itself, email_address
from tests import given
from tests.calling import calling_as, calling_with
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

LIST = "course-enrollments"
DAY = timedelta(days=1)
RUN = "course-v1:RiverU+HYD1+2031_T1"


def values(**query: object) -> list[str]:
    found = get(calling_from_everywhere(), LIST, **query)["results"]
    return [each["value"] for each in found]


def test_a_grant_is_told_in_words_of_outsiders() -> None:
    run = given.course_run(external_key="HYD1-31")
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program, status="suspended")
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    [told] = get(calling_with("read"), LIST, program="hydrology")["results"]
    assert told == {
        "kind": "student_key",
        "value": "rv-1",
        "organization": "RiverU",
        "program": "hydrology",
        "program_uuid": str(program.uuid),
        "curriculum": str(next(iter(program.curricula))),
        "program_status": "suspended",
        "course_run": RUN,
        "external_key": "HYD1-31",
        "mode": "masters",
        "active": True,
        "effective": False,
        "course_staff": True,
        "waiting": True,
        "account": None,
        "created_at": "2031-01-10T09:00:00Z",
        "modified_at": "2031-01-10T09:00:00Z",
    }


def test_filters_add_up() -> None:
    runs = [given.course_run("HYD1"), given.course_run("HYD2")]
    program = given.program(runs=runs)
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=runs[0])
    given.on_course("rv-2", program=program, run=runs[1], status="inactive", at=given.NOW + DAY)
    given.direct(email_address("a@x.org"), run=runs[1])
    given.bound("rv-1", given.account("mira"))
    assert sorted(values()) == ["a@x.org", "rv-1", "rv-2", "rv-2"]
    assert values(program="hydrology", course_run=RUN) == ["rv-1", "rv-2"]
    assert len(values(course_run=[run.key for run in runs])) == 4
    assert values(active="false") == ["rv-2"]
    assert values(direct="true") == ["a@x.org"]
    assert values(account="mira") == ["rv-1"]
    assert values(waiting="false") == ["rv-1"]
    assert values(organization="RiverU", student_key="RV-1") == ["rv-1"]
    assert values(changed_since="2031-01-11T00:00:00Z") == ["rv-2"]
    assert values(program="hydrology", as_of="2031-01-10T12:00:00Z") == ["rv-1", "rv-2"]


def test_what_cannot_be_asked_is_refused() -> None:
    given.program()
    caller = calling_with("read")
    answer = caller.get(V2 + LIST, {"course_run": "course-v1:No+No+No"})
    refused(answer, 404, "course-run-not-found")
    past = {"program": "hydrology", "as_of": "2031-01-10T12:00:00Z", "direct": "true"}
    refused(caller.get(V2 + LIST, past), 400, "invalid-parameter")


def test_pages_follow_each_other_to_the_end() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    names = [f"rv-{n}" for n in range(5)]
    given.enrolled(*names, program=program)
    given.on_course(*names, program=program, run=run)
    pages = follow_pages(calling_with("read"), LIST, page_size=2)
    assert [[each["value"] for each in page] for page in pages] == [
        ["rv-0", "rv-1"],
        ["rv-2", "rv-3"],
        ["rv-4"],
    ]


def test_it_takes_as_many_queries_for_many_as_for_few() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    caller = calling_with("read")
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    few = count_statements(lambda: get(caller, LIST, program="hydrology"))
    names = [f"rv-{n}" for n in range(100)]
    given.enrolled(*names, program=program)
    given.on_course(*names, program=program, run=run)
    assert count_statements(lambda: get(caller, LIST, program="hydrology")) == few <= 8


class TestGranting:
    def test_runs_are_granted_to_accounts_addresses_and_students(self) -> None:
        run, mira = given.course_run(), given.account("mira")
        rows = [
            {"username": "MIRA", "course_run": run.key, "mode": "verified"},
            {"email": "a@x.org", "course_run": run.key},
            {"student_key": "rv-1", "organization": "riveru", "course_run": run.key},
        ]
        given.school()
        answer = post(
            calling_with("write", school_key=None), LIST, rows=rows, reason="guest students"
        )
        assert answer["counts"] == {"create": 3}
        assert answer["rows"][0] == {
            "line": 1,
            "course_run": run.key,
            "key": "MIRA",
            "action": "create",
            "verdict": "active",
            "reason": "",
        }
        assert sorted(values(direct="true")) == sorted([str(mira.uuid), "a@x.org", "rv-1"])
        [own] = get(calling_as(mira), LIST, account="mira")["results"]
        assert (own["value"], own["mode"]) == (account_itself(mira.uuid).value, "verified")

    def test_a_bad_row_says_why_and_holds_up_no_good_one(self) -> None:
        run = given.course_run()
        rows = [
            {"email": "a@x.org", "course_run": run.key},
            {"username": "nobody", "course_run": run.key},
            {"email": "b@x.org", "course_run": "course-v1:No+No+No"},
            {"student_key": "rv-1", "course_run": run.key},
            {"student_key": "rv-1", "organization": "NoU", "course_run": run.key},
            {"course_run": run.key},
            {"email": "c@x.org", "username": "mira", "course_run": run.key},
            {"email": "d@x.org", "course_run": run.key, "mode": "free"},
            {"email": " ", "course_run": run.key},
        ]
        answer = post(calling_with("write", school_key=None), LIST, rows=rows, mode="create")
        assert [each["line"] for each in answer["rows"]] == list(range(1, 10))
        assert [each["verdict"] for each in answer["rows"]] == [
            "active",
            "not-found",
            "course-not-found",
            "invalid-row",
            "not-found",
            "invalid-row",
            "invalid-row",
            "invalid-mode",
            "invalid-key",
        ]
        assert answer["counts"] == {"create": 1, "refuse": 8}
        assert values() == ["a@x.org"]

    def test_only_who_may_write_everywhere_may(self) -> None:
        run = given.course_run()
        body = {"rows": [{"username": "nobody", "course_run": run.key}]}
        for caller in (calling_with("write"), calling_with("read", username="reader")):
            refused(caller.post(V2 + LIST, body), 403, "permission-missing")

    def test_it_takes_as_many_queries_for_many_as_for_few(self) -> None:
        run, caller = given.course_run(), calling_with("write", school_key=None)

        def write(count: int, start: int) -> None:
            rows = [
                {"email": f"{n}@x.org", "course_run": run.key} for n in range(start, start + count)
            ]
            assert post(caller, LIST, rows=rows)["counts"] == {"create": count}

        few = count_statements(lambda: write(2, 0))
        assert count_statements(lambda: write(100, 10)) == few
