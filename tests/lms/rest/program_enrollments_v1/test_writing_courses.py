import pytest
from rest_framework.test import APIClient

from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import CourseEnrollment, CourseRole
from tests import given
from tests.calling import calling_with
from tests.lms.rest.program_enrollments_v1.asking import course_enrollments, course_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> CourseRun:
    return given.course_run("HYD1", external_key="hydro-1")


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    made = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=made)
    return made


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("write")


def stored(run: CourseRun) -> dict[str, bool]:
    found = CourseEnrollment.objects.filter(course_run=run).order_by("id")
    return dict(found.values_list("identity__value", "is_active"))


def staff(run: CourseRun) -> set[str]:
    return set(CourseRole.objects.filter(course_run=run).values_list("identity__value", flat=True))


def test_a_call_answers_each_student_key_in_a_word(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    rows = [
        course_row("rv-1", course_staff=True),
        course_row("RV-2", "inactive"),
        course_row("rv-3"),
        course_row("rv-4", "enrolled"),
        course_row("x"),
        course_row("X"),
    ]

    answer = registrar.post(course_enrollments(program, run), rows)

    assert answer.status_code == 207
    assert list(answer.json().items()) == [
        ("rv-1", "active"),
        ("RV-2", "inactive"),
        ("rv-3", "not-in-program"),
        ("rv-4", "invalid-status"),
        ("x", "duplicated"),
        ("X", "duplicated"),
    ]
    assert stored(run) == {"rv-1": True, "rv-2": False}
    assert staff(run) == {"rv-1"}


@pytest.mark.parametrize(
    ("method", "fresh", "known"),
    [
        ("post", "inactive", "conflict"),
        ("patch", "not-found", "inactive"),
        ("put", "inactive", "inactive"),
    ],
)
def test_a_method_says_what_may_happen(  # noqa: PLR0917
    method: str,
    fresh: str,
    known: str,
    program: ProgramOutline,
    run: CourseRun,
    registrar: APIClient,
) -> None:
    given.on_course("rv-1", program=program, run=run)
    rows = [course_row("rv-1", "inactive"), course_row("rv-2", "inactive")]

    answer = getattr(registrar, method)(course_enrollments(program, run), rows)

    assert answer.json() == {"rv-1": known, "rv-2": fresh}
    assert stored(run)["rv-1"] is (known == "conflict")


def test_any_status_of_the_program_will_do(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    given.enrolled("rv-1", program=program, status="canceled")
    answer = registrar.post(course_enrollments(program, run), [course_row("rv-1")])
    assert (answer.status_code, answer.json()) == (200, {"rv-1": "active"})


@pytest.mark.parametrize("method", ["post", "patch", "put"])
def test_who_is_active_through_another_program_is_a_conflict(
    method: str, program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    """Even where the student is not in this program."""
    other = given.program("glaciers", runs=[run])
    given.enrolled("rv-1", "rv-9", program=other)
    given.on_course("rv-1", "rv-9", program=other, run=run)
    rows = [course_row("RV-1"), course_row("rv-9"), course_row("rv-2", "inactive")]

    answer = getattr(registrar, method)(course_enrollments(program, run), rows)

    assert answer.status_code == (207 if method != "patch" else 422)
    assert answer.json() == {
        "RV-1": "conflict",
        "rv-9": "conflict",
        "rv-2": "not-found" if method == "patch" else "inactive",
    }


def test_being_inactive_elsewhere_or_asking_for_inactive_is_no_conflict(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    other = given.program("glaciers", runs=[run])
    given.enrolled("rv-1", "rv-2", program=other)
    given.on_course("rv-1", program=other, run=run, status="inactive")
    given.on_course("rv-2", program=other, run=run)
    rows = [course_row("rv-1"), course_row("rv-2", "inactive")]
    answer = registrar.put(course_enrollments(program, run), rows)
    assert answer.json() == {"rv-1": "active", "rv-2": "inactive"}


@pytest.mark.parametrize(
    ("said", "is_staff"),
    [
        (True, True),
        (False, False),
        ("TRUE", True),
        ("false", False),
        ("yes", True),
        ("no", False),
        ("1", True),
        ("0", False),
        (1, True),
        (0, False),
        ("on", True),
    ],
)
@pytest.mark.parametrize("was_staff", [True, False])
def test_staff_is_granted_and_taken_in_any_of_the_usual_words(  # noqa: PLR0917
    said: object,
    is_staff: bool,  # noqa: FBT001
    was_staff: bool,  # noqa: FBT001
    program: ProgramOutline,
    run: CourseRun,
    registrar: APIClient,
) -> None:
    given.on_course("rv-1", program=program, run=run, course_staff=str(was_staff))
    row = course_row("rv-1", course_staff=said)
    answer = registrar.put(course_enrollments(program, run), [row])
    assert (answer.status_code, answer.json()) == (200, {"rv-1": "active"})
    assert staff(run) == ({"rv-1"} if is_staff else set())


@pytest.mark.parametrize("row", [course_row("rv-1"), course_row("rv-1", course_staff="")])
@pytest.mark.parametrize("was_staff", ["true", "false"])
def test_who_says_nothing_of_staff_leaves_it_alone(
    row: dict[str, object],
    was_staff: str,
    program: ProgramOutline,
    run: CourseRun,
    registrar: APIClient,
) -> None:
    given.on_course("rv-1", program=program, run=run, course_staff=was_staff)
    registrar.patch(course_enrollments(program, run), [row])
    assert staff(run) == ({"rv-1"} if was_staff == "true" else set())


def test_junk_in_the_place_of_staff_holds_up_no_other_row(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    rows = [course_row("rv-1", course_staff="maybe"), course_row("rv-2", course_staff="TRUE")]
    answer = registrar.put(course_enrollments(program, run), rows)
    assert answer.status_code == 207
    assert answer.json() == {"rv-1": "invalid-course-staff", "rv-2": "active"}


def test_null_in_the_place_of_staff_refuses_the_call(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    rows = [course_row("rv-1", course_staff=None), course_row("rv-2")]
    answer = registrar.put(course_enrollments(program, run), rows)
    assert answer.status_code == 400
    assert answer.json() == {
        "developer_message": [{"course_staff": ["This field may not be null."]}, {}]
    }
    assert stored(run) == {}


def test_a_bad_key_holds_up_no_other_row(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    rows = [course_row("  "), course_row("k" * 256), course_row("rv-1", curriculum_uuid="junk")]
    answer = registrar.put(course_enrollments(program, run), rows)
    assert answer.json() == {"": "invalid-key", "k" * 256: "invalid-key", "rv-1": "active"}


def test_the_address_takes_no_external_key(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    answer = registrar.put(course_enrollments(program, run.external_key), [])
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "invalid_course_key"


@pytest.mark.parametrize("method", ["post", "patch", "put"])
def test_an_empty_list_is_answered_with_nothing(
    method: str, program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    answer = getattr(registrar, method)(course_enrollments(program, run), [])
    assert (answer.status_code, answer.content) == (204, b"")
