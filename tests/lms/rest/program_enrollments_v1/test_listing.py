from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.identities.models import Identity
from tests import given
from tests.calling import calling_with
from tests.lms.rest.program_enrollments_v1.asking import (
    Row,
    course_enrollments,
    curriculum_of,
    enrollments,
)

pytestmark = pytest.mark.django_db

HOST = "http://testserver"


@pytest.fixture
def run() -> CourseRun:
    return given.course_run("HYD1")


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    return given.program(runs=[run])


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("read")


def keys_of(page: dict[str, list[Row]]) -> list[str]:
    return [row["student_key"] for row in page["results"]]


def test_a_program_lists_its_students_with_their_accounts(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("Rv-7", program=program)
    given.enrolled("rv-8", program=program, status="pending")
    given.bound("rv-8", given.account("mira"))
    curriculum = curriculum_of(program)

    answer = registrar.get(enrollments(program))

    assert answer.status_code == 200
    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "student_key": "Rv-7",
                "status": "enrolled",
                "account_exists": False,
                "curriculum_uuid": curriculum,
                "username": "",
                "email": "",
            },
            {
                "student_key": "rv-8",
                "status": "pending",
                "account_exists": True,
                "curriculum_uuid": curriculum,
                "username": "mira",
                "email": "mira@example.org",
            },
        ],
    }


def test_a_course_lists_its_students_and_who_is_staff(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    given.on_course("rv-2", program=program, run=run, status="inactive")
    given.bound("rv-2", given.account("mira"))
    curriculum = curriculum_of(program)

    page = registrar.get(course_enrollments(program, run)).json()

    assert page == {
        "next": None,
        "previous": None,
        "results": [
            {
                "student_key": key,
                "status": status,
                "account_exists": exists,
                "curriculum_uuid": curriculum,
                "course_staff": is_staff,
            }
            for key, status, exists, is_staff in [
                ("rv-1", "active", False, True),
                ("rv-2", "inactive", True, False),
            ]
        ],
    }


def test_staff_by_another_route_is_staff(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    other = given.program("glaciers", school_key="Hillside", runs=[run])
    given.enrolled("h-1", program=other)
    given.on_course("h-1", program=other, run=run, course_staff="true")
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound("h-1", mira, school_key="Hillside")

    page = registrar.get(course_enrollments(program, run)).json()

    assert [(row["student_key"], row["course_staff"]) for row in page["results"]] == [
        ("rv-1", True)
    ]


def test_all_statuses_and_all_curricula_are_listed(registrar: APIClient) -> None:
    program = given.program(active_curricula=2)
    statuses = ["enrolled", "pending", "suspended", "canceled", "ended"]
    for number, status in enumerate(statuses):
        given.enrolled(f"rv-{number}", program=program, status=status)
    page = registrar.get(enrollments(program)).json()
    assert [row["status"] for row in page["results"]] == statuses


def test_a_retired_student_is_listed_by_the_word_that_stands_for_them(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.retired(mira)

    for path in (enrollments(program), course_enrollments(program, run)):
        (row,) = registrar.get(path).json()["results"]
        assert row["student_key"].startswith("retired_")
        assert row["account_exists"] is False


def test_that_word_sent_back_makes_nobody(program: ProgramOutline) -> None:
    writer = calling_with("write", username="writer")
    given.enrolled("rv-1", program=program)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.retired(mira)
    (row,) = writer.get(enrollments(program)).json()["results"]
    (identity,) = Identity.objects.all()

    for word in (row["student_key"], row["student_key"].upper(), identity.folded):
        answer = writer.put(enrollments(program), [{**row, "student_key": word}])
        assert (answer.status_code, answer.json()) == (422, {word: "invalid-key"})
    assert writer.get(enrollments(program)).json()["results"] == [row]


def test_pages_are_followed_to_the_end_and_back(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    keys = [f"rv-{number}" for number in range(5)]
    given.enrolled(*keys, program=program)
    given.on_course(*keys, program=program, run=run)

    for path in (enrollments(program), course_enrollments(program, run)):
        pages = [registrar.get(f"{path}?page_size=2").json()]
        while following := pages[-1]["next"]:
            assert following.startswith(f"{HOST}{path}?")
            assert parse_qs(urlsplit(following).query)["page_size"] == ["2"]
            pages.append(registrar.get(following).json())
        back = [pages[-1]]
        while before := back[-1]["previous"]:
            back.append(registrar.get(before).json())

        assert [keys_of(page) for page in pages] == [keys[:2], keys[2:4], keys[4:]]
        assert [keys_of(page) for page in back] == [keys[4:], keys[2:4], keys[:2]]
        assert pages[0]["previous"] is None
        assert registrar.get(back[-1]["next"]).json()["results"] == pages[1]["results"]


def test_rows_that_come_meanwhile_move_no_others(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("b", "c", "d", program=program)
    first = registrar.get(f"{enrollments(program)}?page_size=2").json()
    given.enrolled("a", "e", program=program)
    second = registrar.get(first["next"]).json()
    assert keys_of(first) + keys_of(second) == ["b", "c", "d", "a"]


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("", 100),
        ("0", 100),
        ("000", 100),
        ("-5", 100),
        ("abc", 100),
        ("1.5", 100),
        ("%D9%A3", 100),
        ("3", 3),
        ("120", 120),
        ("%2B5", 100),
        ("9999999999999999999999999", 130),
    ],
)
def test_a_page_has_the_size_that_is_asked_for_or_a_hundred(
    said: str, size: int, program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled(*(f"rv-{number}" for number in range(130)), program=program)
    page = registrar.get(f"{enrollments(program)}?page_size={said}").json()
    assert len(page["results"]) == size


def test_no_page_has_more_than_a_thousand(program: ProgramOutline, registrar: APIClient) -> None:
    given.enrolled(*(f"rv-{number}" for number in range(1_001)), program=program)
    page = registrar.get(f"{enrollments(program)}?page_size=5000").json()
    assert len(page["results"]) == 1_000
    assert len(registrar.get(page["next"]).json()["results"]) == 1


@pytest.mark.parametrize(
    "cursor",
    [
        "junk",
        "%00",
        "cD1hYmM=",  # p=abc
        "cD0tMQ==",  # p=-1
        "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5",  # p=9999999999999999999999
        "bz00",  # o=4
        "cA==",  # p
        "8J-Sqf",
        "\u5b66",
    ],
)
def test_a_cursor_that_nobody_gave_leads_nowhere(
    cursor: str, program: ProgramOutline, registrar: APIClient
) -> None:
    answer = registrar.get(f"{enrollments(program)}?cursor={cursor}")
    assert answer.status_code == 404
    assert answer.json() == {"developer_message": "Invalid cursor"}


def test_a_cursor_beyond_the_end_finds_an_empty_page(
    program: ProgramOutline, registrar: APIClient
) -> None:
    beyond = "cD05MjIzMzcyMDM2ODU0Nzc1ODA3"  # p=9223372036854775807
    answer = registrar.get(f"{enrollments(program)}?cursor={beyond}")
    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize("count", [3, 60])
def test_a_page_takes_the_same_queries_however_many_students_it_has(
    count: int,
    program: ProgramOutline,
    run: CourseRun,
    registrar: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Who calls, whether trusted, where they may, the program; then the same for the list."""
    keys = [f"rv-{number}" for number in range(count)]
    given.enrolled(*keys, program=program)
    given.on_course(*keys, program=program, run=run, course_staff="true")
    for number in range(0, count, 2):
        given.bound(f"rv-{number}", given.account(f"learner-{number}"))
    for path in (enrollments(program), course_enrollments(program, run)):
        with django_assert_num_queries(5):
            assert len(registrar.get(path).json()["results"]) == count
