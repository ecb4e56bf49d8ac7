"""Program enrollments over HTTP."""

from datetime import timedelta

import pytest

from matricula.lms.program_enrollments.api import STATUSES
from matricula.lms.rest.enrollment_v2.listing import Status
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, follow_pages, get, refused

pytestmark = pytest.mark.django_db

LIST = "program-enrollments"
DAY = timedelta(days=1)


def keys(caller: object = None, **query: object) -> list[str]:
    caller = caller or calling_with("read", username="reader")
    return [each["student_key"] for each in get(caller, LIST, **query)["results"]]  # type: ignore[arg-type]  # an APIClient


def test_an_enrollment_is_told_in_words_of_outsiders() -> None:
    program = given.program()
    given.enrolled("Rv-1", program=program)
    mira = given.account("mira")
    given.enrolled("rv-2", program=program, status="pending")
    given.bound("rv-2", mira)
    page = get(calling_with("read"), LIST, program="hydrology")
    assert page["next"] is None
    (first, second) = page["results"]
    assert first == {
        "student_key": "Rv-1",
        "organization": "RiverU",
        "program": "hydrology",
        "program_uuid": str(program.uuid),
        "curriculum": str(next(iter(program.curricula))),
        "status": "enrolled",
        "waiting": True,
        "account": None,
        "created_at": "2031-01-10T09:00:00Z",
        "modified_at": "2031-01-10T09:00:00Z",
    }
    assert (second["account"], second["waiting"], second["status"]) == ("mira", False, "pending")


def test_filters_add_up() -> None:
    hydrology, botany = given.program(), given.program("botany")
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.enrolled("rv-3", program=hydrology, status="pending", at=given.NOW + DAY)
    given.enrolled("rv-4", program=botany, status="ended")
    given.bound("rv-2", given.account("mira"))
    caller = calling_with("read")
    assert keys(caller) == ["rv-1", "rv-2", "rv-3", "rv-4"]
    assert keys(caller, program="HYDROLOGY") == ["rv-1", "rv-2", "rv-3"]
    assert keys(caller, program=str(botany.uuid)) == ["rv-4"]
    assert keys(caller, organization="riveru", status=["pending", "ended"]) == ["rv-3", "rv-4"]
    assert keys(caller, account="MIRA") == ["rv-2"]
    assert keys(caller, waiting="false") == ["rv-2"]
    assert keys(caller, waiting="true", program="hydrology") == ["rv-1", "rv-3"]
    assert keys(caller, student_key=" RV-3 ", organization="RiverU") == ["rv-3"]
    assert keys(caller, student_key="rv-3", program="botany") == []
    assert keys(caller, changed_since="2031-01-11T10:00:00+01:00") == ["rv-3"]


def test_pages_follow_each_other_to_the_end() -> None:
    given.enrolled(*(f"rv-{n}" for n in range(7)), program=given.program())
    pages = follow_pages(calling_with("read"), LIST, page_size=3, status=["enrolled", "pending"])
    assert [[each["student_key"] for each in page] for page in pages] == [
        ["rv-0", "rv-1", "rv-2"],
        ["rv-3", "rv-4", "rv-5"],
        ["rv-6"],
    ]


def test_it_is_told_as_it_was_at_a_moment() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    given.enrolled("rv-1", program=program, status="ended", at=given.NOW + DAY)
    caller = calling_with("read")
    then = {"program": "hydrology", "as_of": "2031-01-10T12:00:00Z"}
    pages = follow_pages(caller, LIST, **then, page_size=2)
    told = [(each["student_key"], each["status"]) for page in pages for each in page]
    assert told == [("rv-1", "enrolled"), ("rv-2", "enrolled"), ("rv-3", "enrolled")]
    assert keys(caller, **then, status="ended") == []
    assert keys(caller, program="hydrology", as_of="2031-01-01T00:00:00Z") == []
    for name, value in {"account": "registrar", "organization": "RiverU"}.items():
        answer = caller.get(V2 + LIST, {**then, name: value})
        assert refused(answer, 400, "invalid-parameter").startswith(f"{name}: ")


def test_what_is_another_schools_is_not_there() -> None:
    given.enrolled("rv-1", program=given.program())
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    noah = given.account("noah")
    given.bound("lk-1", noah, school_key="LakeU")
    caller = calling_with("read")
    assert keys(caller) == ["rv-1"]
    for query, code in (
        ({"program": "lakes"}, "program-not-found"),
        ({"program": "nothing"}, "program-not-found"),
        ({"organization": "LakeU"}, "organization-not-found"),
        ({"organization": "NoU"}, "organization-not-found"),
        ({"account": "noah"}, "account-not-found"),
        ({"account": "nobody"}, "account-not-found"),
    ):
        said = refused(caller.get(V2 + LIST, query), 404, code)
        assert said == f"There is no {code.split('-')[0]} {next(iter(query.values()))!r}."
    assert keys(calling_with("read", school_key=None, username="all")) == ["rv-1", "lk-1"]
    assert keys(calling_with("catalog", school_key=None, username="cat")) == []


def test_everybody_sees_what_is_their_own() -> None:
    given.enrolled("rv-1", "rv-2", program=given.program())
    mira = given.account("mira")
    given.bound("rv-1", mira)
    assert keys(calling_as(mira), account="mira") == ["rv-1"]
    assert keys(calling_as(mira)) == []


@pytest.mark.parametrize(
    "key", ["a+b", "a:b", "a/b", "a%b", "a&b=c", "学生-一", "Ünï", "ключ", "🎓", "'; --"]
)
def test_student_keys_of_every_sort_are_found(key: str) -> None:
    given.enrolled(key, "other", program=given.program())
    assert keys(student_key=key, program="hydrology") == [key]


def test_the_statuses_are_those_there_are() -> None:
    assert set(Status.__args__) == set(STATUSES)  # type: ignore[attr-defined]  # a Literal's


@pytest.mark.parametrize("past", [False, True])
def test_it_takes_as_many_queries_for_many_as_for_few(*, past: bool) -> None:
    program = given.program()
    caller = calling_with("read")
    query = {"program": "hydrology", **({"as_of": "2031-02-01T00:00:00Z"} if past else {})}
    given.enrolled("rv-1", program=program)
    few = count_statements(lambda: get(caller, LIST, **query))
    given.enrolled(*(f"rv-{n}" for n in range(200)), program=program)
    for n in range(3):
        given.bound(f"rv-{n}", given.account(f"mira-{n}"))
    assert count_statements(lambda: get(caller, LIST, **query)) == few <= 8
