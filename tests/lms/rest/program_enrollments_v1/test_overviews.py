from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, Program, ProgramOutline, get_program
from matricula.lms.identities.api import account_itself
from matricula.lms.organizations.api import Organization
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.program_enrollments_v1.asking import BASE, UNKNOWN, courses_of, overview

pytestmark = pytest.mark.django_db

ALIASES = [f"{BASE}/programs/enrollments/", f"{BASE}/programs/readonly_access/"]
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def run() -> CourseRun:
    made = given.course_run("HYD1")
    made.start_at, made.pacing = NOW - DAY, "instructor_paced"
    made.title = "Rivers I"
    made.save()
    return made


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    return a_program("hydrology", run)


def a_program(
    key: str, *runs: CourseRun, type_: str = "Masters", school_key: str = "RiverU"
) -> ProgramOutline:
    made = given.program(key, runs=runs, school_key=school_key)
    Program.objects.filter(pk=made.id).update(type=type_, slug=f"msc-{key}")
    return get_program(key=key)


def learner(program: ProgramOutline, *, status: str = "enrolled", key: str = "rv-1") -> Account:
    given.enrolled(key, program=program, status=status)
    mira = given.account("mira")
    given.bound(key, mira)
    return mira


def slugs(account: Account, query: str = "") -> list[str]:
    answer = calling_as(account).get(f"{ALIASES[0]}{query}")
    assert answer.status_code == 200
    return [program["slug"] for program in answer.json()]


def runs_of(account: Account, program: ProgramOutline) -> list[dict[str, Any]]:
    answer = calling_as(account).get(overview(program))
    assert answer.status_code == 200, answer.content
    runs: list[dict[str, Any]] = answer.json()["course_runs"]
    return runs


@pytest.mark.parametrize("path", ALIASES)
def test_a_learner_finds_their_programs_in_a_plain_list(
    path: str, program: ProgramOutline
) -> None:
    answer = calling_as(learner(program)).get(path)
    assert answer.status_code == 200
    assert answer.json() == [{"uuid": str(program.uuid), "slug": "msc-hydrology"}]
    assert answer.json()[0]["uuid"] == answer.json()[0]["uuid"].lower()


def test_a_learner_finds_the_course_runs_they_are_in(
    program: ProgramOutline, run: CourseRun
) -> None:
    mira = learner(program)
    given.on_course("rv-1", program=program, run=run)

    answer = calling_as(mira).get(overview(program))

    assert answer.json() == {
        "course_runs": [
            {
                "course_run_id": run.key,
                "display_name": "Rivers I",
                "course_run_url": f"http://127.0.0.1:8000/courses/{run.key}/",
                "start_date": (NOW - DAY).isoformat().replace("+00:00", "Z"),
                "end_date": None,
                "course_run_status": "in_progress",
                "due_dates": [],
                "org_name": "RiverU University",
                "pacing": "instructor",
            }
        ]
    }


@pytest.mark.parametrize("path", [*ALIASES, overview(UNKNOWN), courses_of("mira", UNKNOWN)])
def test_nobody_in_particular_sees_nothing(path: str) -> None:
    answer = calling_anonymously().get(path)
    assert answer.status_code == 401
    assert answer.json() == {"developer_message": "Authentication credentials were not provided."}


@pytest.mark.parametrize(
    ("status", "sees"),
    [
        ("enrolled", True),
        ("pending", True),
        ("suspended", False),
        ("canceled", False),
        ("ended", False),
    ],
)
def test_the_list_and_the_overview_agree_on_who_may_see_a_program(
    status: str,
    sees: bool,  # noqa: FBT001
    program: ProgramOutline,
    run: CourseRun,
) -> None:
    mira = learner(program, status=status)
    given.on_course("rv-1", program=program, run=run)
    caller = calling_as(mira)

    assert slugs(mira) == (["msc-hydrology"] if sees else [])
    for path in (overview(program), courses_of("mira", program)):
        answer = caller.get(path)
        assert answer.status_code == (200 if sees else 403)
        assert sees or list(answer.json()) == ["developer_message"]


def test_a_stranger_is_told_in_json_that_they_may_not(program: ProgramOutline) -> None:
    given.enrolled("rv-1", program=program)  # waits for somebody, and not for this one
    answer = calling_as(given.account("stranger")).get(overview(program))
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("program_id", [UNKNOWN, "abc"])
def test_an_unknown_program_comes_before_who_may_see_it(program_id: str) -> None:
    stranger = calling_as(given.account("stranger"))
    for path in (overview(program_id), courses_of("somebody", program_id)):
        answer = stranger.get(path)
        assert answer.status_code == 404
        assert answer.json()["error_code"] == "program_does_not_exist"


@pytest.mark.parametrize("role", ["read", "write", "support"])
def test_who_reads_everywhere_sees_every_program_of_a_type(
    role: str, program: ProgramOutline
) -> None:
    a_program("glaciers", school_key="Hillside")
    a_program("weather", type_="MicroMasters")
    caller = calling_with(role, school_key=None)
    for path in ALIASES:
        assert [each["slug"] for each in caller.get(path).json()] == [
            "msc-glaciers",
            "msc-hydrology",
        ]
    micro = caller.get(f"{ALIASES[0]}?type=MICROmasters").json()
    assert [each["slug"] for each in micro] == ["msc-weather"]
    assert caller.get(overview(program)).json() == {"course_runs": []}


def test_who_reads_for_a_school_sees_the_programs_of_that_school(program: ProgramOutline) -> None:
    theirs = a_program("glaciers", school_key="Hillside")
    caller = calling_with("read", school_key="RiverU")
    assert [each["slug"] for each in caller.get(ALIASES[0]).json()] == ["msc-hydrology"]
    assert caller.get(overview(program)).json() == {"course_runs": []}
    assert caller.get(overview(theirs)).status_code == 403


def test_who_teaches_in_a_program_sees_it_and_their_own_programs_too(
    program: ProgramOutline, run: CourseRun
) -> None:
    elsewhere = a_program("glaciers", run, school_key="Hillside")
    nested_in = a_program("weather", type_="MicroMasters")
    mira = learner(nested_in)
    given.enrolled("staff-1", program=program)
    given.on_course("staff-1", program=program, run=run, course_staff="true")
    given.bound("staff-1", mira)

    assert slugs(mira) == ["msc-glaciers", "msc-hydrology", "msc-weather"]
    assert slugs(mira, "?type=micromasters") == ["msc-hydrology", "msc-weather"]
    assert runs_of(mira, elsewhere)[0]["course_run_id"] == run.key


def test_teaching_ends_with_the_grant_that_it_came_with(
    program: ProgramOutline, run: CourseRun
) -> None:
    a_program("glaciers", run, school_key="Hillside")
    mira = learner(program)
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    given.on_course("rv-1", program=program, run=run, status="inactive")
    assert slugs(mira) == ["msc-hydrology"]


def test_a_learners_own_programs_are_listed_whatever_type_is_asked_for(
    program: ProgramOutline,
) -> None:
    assert slugs(learner(program), "?type=xseries") == ["msc-hydrology"]


def test_a_seat_counts_however_it_came_about(program: ProgramOutline, run: CourseRun) -> None:
    mira = learner(program)
    given.granted(account_itself(mira.uuid), run=run, grant_mode="verified")
    assert [each["course_run_id"] for each in runs_of(mira, program)] == [run.key]


@pytest.mark.parametrize(
    ("mode", "is_shown"),
    [
        ("verified", True),
        ("masters", True),
        ("executive-education", True),
        ("paid-executive-education", True),
        ("paid-bootcamp", True),
        ("audit", False),
        ("honor", False),
        ("professional", False),
    ],
)
def test_the_mode_of_a_seat_decides_whether_it_is_shown(
    mode: str,
    is_shown: bool,  # noqa: FBT001
    program: ProgramOutline,
    run: CourseRun,
) -> None:
    mira = learner(program)
    given.granted(account_itself(mira.uuid), run=run, grant_mode=mode)
    assert bool(runs_of(mira, program)) is is_shown


def test_what_the_program_itself_gives_is_shown_in_any_mode(run: CourseRun) -> None:
    audited = given.program("audited", runs=[run], mode="audit")
    mira = learner(audited)
    given.on_course("rv-1", program=audited, run=run)
    assert len(runs_of(mira, audited)) == 1


def test_a_seat_that_is_lost_and_a_run_outside_of_the_program_are_not_shown(
    program: ProgramOutline, run: CourseRun
) -> None:
    mira = learner(program)
    given.granted(account_itself(mira.uuid), run=given.course_run("ICE9"))
    given.on_course("rv-1", program=program, run=run)
    given.on_course("rv-1", program=program, run=run, status="inactive")
    assert runs_of(mira, program) == []


@pytest.mark.parametrize(
    ("start", "end", "pacing", "status"),
    [
        (-1, None, "instructor_paced", "in_progress"),
        (1, None, "instructor_paced", "upcoming"),
        (-2, -1, "instructor_paced", "completed"),
        (-2, 1, "self_paced", "in_progress"),
        (None, None, "", "in_progress"),
        (1, 2, "", "upcoming"),
        (-2, -1, "", "completed"),
    ],
)
def test_a_course_run_is_as_far_as_its_dates_say(  # noqa: PLR0917
    start: int | None,
    end: int | None,
    pacing: str,
    status: str,
    program: ProgramOutline,
    run: CourseRun,
) -> None:
    run.start_at = None if start is None else NOW + start * DAY
    run.end_at = None if end is None else NOW + end * DAY
    run.pacing = pacing
    run.save()
    mira = learner(program)
    given.on_course("rv-1", program=program, run=run)
    (shown,) = runs_of(mira, program)
    assert shown["course_run_status"] == status
    words = {"instructor_paced": "instructor", "self_paced": "self"}
    assert shown.get("pacing") == words.get(pacing)


def test_only_a_program_of_that_type_has_a_micromasters_title(run: CourseRun) -> None:
    micro = a_program("weather", run, type_="MicroMasters")
    mira = learner(micro)
    given.on_course("rv-1", program=micro, run=run)
    assert runs_of(mira, micro)[0]["micromasters_title"] == "Weather"


def test_a_school_without_a_name_goes_by_its_key(program: ProgramOutline, run: CourseRun) -> None:
    Organization.objects.filter(key="RiverU").update(name="")
    mira = learner(program)
    given.on_course("rv-1", program=program, run=run)
    assert runs_of(mira, program)[0]["org_name"] == "RiverU"


def test_where_courses_are_studied_is_a_setting(
    program: ProgramOutline, run: CourseRun, settings: Settings
) -> None:
    settings.COURSE_URL = "https://apps.example/learning/course/{key}/home"
    mira = learner(program)
    given.on_course("rv-1", program=program, run=run)
    assert runs_of(mira, program)[0]["course_run_url"] == (
        "https://apps.example/learning/course/course-v1:RiverU+HYD1+2031_T1/home"
    )


@pytest.mark.parametrize(
    ("said", "size"), [("", 10), ("30", 25), ("25", 25), ("3", 3), ("junk", 10), ("0", 10)]
)
def test_a_user_pages_through_their_courses(said: str, size: int) -> None:
    runs = [given.course_run(f"HYD{number}") for number in range(27)]
    program = a_program("hydrology", *runs)
    mira = learner(program)
    for each in runs:
        given.on_course("rv-1", program=program, run=each)
    caller = calling_as(mira)

    first = caller.get(f"{courses_of('mira', program)}?page_size={said}").json()
    found = [each["course_run_id"] for each in first["results"]]
    assert len(found) == size
    page = first
    while page["next"]:
        page = caller.get(page["next"]).json()
        found += [each["course_run_id"] for each in page["results"]]
    assert found == [each.key for each in runs]
    if page is not first:
        assert len(caller.get(page["previous"]).json()["results"]) == size


@pytest.mark.parametrize("username", ["someone", "Mira", "MIRA"])
def test_nobody_asks_for_the_courses_of_another(username: str, program: ProgramOutline) -> None:
    answer = calling_as(learner(program)).get(courses_of(username, program))
    assert answer.status_code == 403
    assert list(answer.json()) == ["developer_message"]


@pytest.mark.parametrize("count", [1, 12])
def test_an_overview_takes_the_same_queries_however_many_courses_it_has(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    runs = [given.course_run(f"HYD{number}") for number in range(count)]
    program = a_program("hydrology", *runs)
    mira = learner(program)
    for each in runs:
        given.on_course("rv-1", program=program, run=each)
    caller = calling_as(mira)
    with django_assert_num_queries(10):
        assert len(caller.get(overview(program)).json()["course_runs"]) == count


@pytest.mark.parametrize("count", [1, 9])
def test_a_list_of_programs_takes_the_same_queries_however_many_there_are(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.with_role("read", mira, school_key="Hillside")
    for number in range(count):
        run = given.course_run(f"HYD{number}")
        own = a_program(f"own-{number}", run)
        given.enrolled("rv-1", program=own)
        given.on_course("rv-1", program=own, run=run, course_staff="true")
        a_program(f"taught-{number}", run)
        a_program(f"read-{number}", school_key="Hillside")
    caller = calling_as(mira)
    with django_assert_num_queries(8):
        assert len(caller.get(ALIASES[0]).json()) == 3 * count
