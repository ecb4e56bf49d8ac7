"""Following the ledger over HTTP."""

import pytest

from tests import given
from tests.calling import calling_with
from tests.lms.kernel.seeing import count_statements, wait_for_others
from tests.lms.rest.enrollment_v2.asking import V2, get, refused, told

# What is not committed yet is shown to nobody, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True)


def follow(**query: object) -> list[list[tuple[str, str]]]:
    caller = calling_with("read", school_key=None, username=f"reader-{len(query)}")
    wait_for_others()
    page = get(caller, "changes", **query)
    pages = [page["results"]]
    while not page["is_end"]:
        page = told(caller.get(page["next"]))
        pages.append(page["results"])
    return [[(each["subject"], each["action"]) for each in page] for page in pages]


def test_what_happened_is_told_once_and_in_order() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    caller = calling_with("read")
    wait_for_others()
    page = get(caller, "changes")
    assert page["is_end"] is True
    identity, enrollment = page["results"]
    assert (identity["subject"], identity["action"]) == ("identity", "created")
    assert enrollment["after"]["student_key"] == "rv-1"
    assert enrollment["after"]["program"] == "hydrology"
    assert (enrollment["before"], enrollment["actor"]) == (None, "operator:tester")
    assert page["next_cursor"] == enrollment["cursor"]

    again = told(caller.get(page["next"]))
    assert (again["results"], again["next_cursor"]) == ([], page["next_cursor"])
    given.enrolled("rv-1", program=program, status="ended")
    wait_for_others()
    [change] = told(caller.get(page["next"]))["results"]
    assert (change["before"]["status"], change["after"]["status"]) == ("enrolled", "ended")


def test_pages_and_filters() -> None:
    hydrology, lakes = given.program(), given.program("lakes", school_key="LakeU")
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.enrolled("lk-1", program=lakes)
    made = [("identity", "created"), ("program_enrollment", "created")]
    assert follow(page_size=4) == [[made[0], made[0], made[1], made[1]], made]
    assert follow(program="lakes", page_size=10) == [made]
    assert follow(organization="LakeU", page_size=10, subject="identity") == [made[:1]]


def test_what_is_another_schools_is_not_there() -> None:
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    caller = calling_with("read")
    assert get(caller, "changes")["results"] == []
    refused(caller.get(V2 + "changes", {"program": "lakes"}), 404, "program-not-found")
    organization = caller.get(V2 + "changes", {"organization": "LakeU"})
    refused(organization, 404, "organization-not-found")


@pytest.mark.parametrize(
    "after", ["", "x", "-", "1-", "ffffffffffffffff-1", "1-" + "f" * 17, "é-1", "1" * 51]
)
def test_what_is_no_cursor_is_refused(after: str) -> None:
    answer = calling_with("read").get(V2 + "changes", {"after": after})
    assert refused(answer, 400, "invalid-parameter").startswith("after: ")


def test_it_takes_as_many_queries_for_many_as_for_few() -> None:
    program = given.program()
    caller = calling_with("read")
    given.enrolled("rv-1", program=program)
    few = count_statements(lambda: get(caller, "changes"))
    given.enrolled(*(f"rv-{n}" for n in range(40)), program=program)
    assert count_statements(lambda: get(caller, "changes")) == few <= 8
