"""A few rows in a request: words, statuses and their order as edX's Registrar has them."""

import threading
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsBroken, LmsBusy, LmsRefused, LmsUnreachable
from tests.registrar import given
from tests.registrar.calling import calling_anonymously, calling_as, calling_with
from tests.registrar.uploads.sending import received, statuses, with_students

pytestmark = pytest.mark.django_db

PATH = "/api/v1/programs/hydrology/enrollments/"
COURSE = "/api/v1/programs/hydrology/courses/{}/enrollments/"
WRITE = "read_write_enrollments"


def row(key: str = "rv-1", status: str = "enrolled", **more: object) -> dict[str, Any]:
    return {"student_key": key, "status": status, **more}


@pytest.fixture(params=["v2", "v1"])
def lms_api(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.LMS_API = request.param
    return str(request.param)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matricula.registrar.uploads.writing.BUDGET_SECONDS", 0)


@pytest.mark.parametrize("path", [PATH, PATH.rstrip("/"), PATH.replace("v1", "v2")])
def test_each_student_has_a_word(path: str, lms: FakeLms) -> None:
    answer = calling_with(WRITE).post(path, [row("rv-1"), row("rv-2", "pending")])
    assert (answer.status_code, answer.json()) == (200, {"rv-1": "enrolled", "rv-2": "pending"})
    assert statuses(lms) == {"rv-1": "enrolled", "rv-2": "pending"}


@pytest.mark.usefixtures("lms_api")
def test_the_status_says_how_many_are_good(lms: FakeLms) -> None:
    caller = calling_with(WRITE)
    mixed = caller.post(
        PATH, [row("rv-1"), row("rv-2", "gone"), row(" "), row("rv-3"), row("RV-3", "ended")]
    )
    assert (mixed.status_code, mixed.json()) == (
        207,
        {
            "rv-1": "enrolled",
            "rv-2": "invalid-status",
            "": "invalid-key",
            "rv-3": "duplicated",
            "RV-3": "duplicated",
        },
    )
    none = caller.post(PATH, [row("rv-1")])
    assert (none.status_code, none.json()) == (422, {"rv-1": "conflict"})
    assert statuses(lms) == {"rv-1": "enrolled"}


@pytest.mark.usefixtures("lms_api")
def test_patch_changes_what_there_is(lms: FakeLms) -> None:
    with_students(lms, 1)
    answer = calling_with(WRITE).patch(PATH, [row("rv-0", "ended"), row("rv-1", "ended")])
    assert (answer.status_code, answer.json()) == (
        207,
        {"rv-0": "ended", "rv-1": "not-in-program"},
    )


@pytest.mark.parametrize("course", [given.RUN, "HYD-A"])
@pytest.mark.usefixtures("lms_api")
def test_a_course_is_named_by_either_of_its_names(course: str, lms: FakeLms) -> None:
    with_students(lms, 1)
    caller = calling_with(WRITE)
    path = COURSE.format(course)
    assert caller.post(path, [row("rv-0", "active")]).json() == {"rv-0": "active"}
    assert caller.patch(path, [row("rv-0", "inactive")]).json() == {"rv-0": "inactive"}
    (stored,) = lms.list_course_enrollments(given.HYDROLOGY)
    assert (stored.course_run, stored.active) == (given.RUN, False)


def test_a_course_of_another_program_is_not_found() -> None:
    assert calling_with(WRITE).post(COURSE.format("HYD-Z"), [row()]).status_code == 404


def test_staff_are_named_only_where_schools_may(lms: FakeLms, settings: Settings) -> None:
    with_students(lms, 1)
    caller, path = calling_with(WRITE), COURSE.format("HYD-A")
    asked = [row("rv-0", "active", course_staff=True)]
    assert caller.post(path, asked).status_code == 403
    settings.COURSE_STAFF = True
    assert caller.post(path, asked).status_code == 200
    assert caller.post(path, [row("rv-0", "active", course_staff="true")]).status_code == 400


@pytest.mark.parametrize(
    "body",
    [{"a": 1}, "text", None, ["rv-1"], [{"student_key": "a"}], [row(status=1)], [row(None)]],  # type: ignore[arg-type]  # that is what is tried
)
def test_what_is_no_list_of_rows_is_refused_with_one_message(body: object) -> None:
    answer = calling_with(WRITE).post(PATH, body)
    assert answer.status_code == 400
    (message,) = answer.json()
    assert isinstance(message, str)


def test_a_text_that_is_far_too_long_is_no_trouble_of_the_lms(lms: FakeLms) -> None:
    caller = calling_with(WRITE)
    for sent in (row("k" * 100_000), row(status="s" * 100_000)):
        answer = caller.post(PATH, [row("rv-1"), sent])
        assert (answer.status_code, len(answer.json())) == (400, 1)
    assert statuses(lms) == {}


def test_no_more_than_25_are_taken(lms: FakeLms) -> None:
    caller = calling_with(WRITE)
    assert caller.post(PATH, [row(f"rv-{each}") for each in range(25)]).status_code == 200
    answer = caller.post(PATH, [row(f"rv-{each}") for each in range(26)])
    assert (answer.status_code, answer.json()["detail"]) == (413, "Enrollment limit 25")


def test_of_nothing_nothing_is_good() -> None:
    answer = calling_with(WRITE).post(PATH, [])
    assert (answer.status_code, answer.json()) == (422, {})


def test_fields_that_nobody_knows_are_passed_over() -> None:
    assert calling_with(WRITE).post(PATH, [row(shoe_size=44)]).status_code == 200


def test_they_are_refused_in_the_order_of_the_contract() -> None:
    assert calling_anonymously().post(PATH, "rubbish").status_code == 401
    stranger = calling_as("stranger")
    given.remembered()
    assert stranger.post("/api/v1/programs/nothing/enrollments/", "rubbish").status_code == 404
    assert stranger.post(PATH, "rubbish").status_code == 403
    assert calling_with("read_enrollments").post(PATH, "rubbish").status_code == 403


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_not_allowed(method: str) -> None:
    assert getattr(calling_with(WRITE), method)(PATH, []).status_code == 405


def test_they_wait_for_no_job_that_writes(lms: FakeLms) -> None:
    received("student_key,status\nrv-1,enrolled\n")
    answer = calling_with(WRITE).post(PATH, [row("rv-2")])
    assert (answer.status_code, answer.json()) == (409, "Job already in progress for program")
    assert statuses(lms) == {}


@pytest.mark.parametrize(
    ("trouble", "status", "wait"),
    [
        (LmsUnreachable("It did not answer."), 504, "5"),
        (LmsBusy("Too many calls.", retry_after=17), 503, "17"),
        (LmsBusy("Not now.", retry_after=None), 503, "5"),
        (LmsBroken("The LMS answers with rubbish."), 502, "5"),
        (LmsRefused("Too large.", status=413, code="too-large", request_id=""), 502, None),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_trouble_of_the_lms_is_told_as_what_it_is(
    trouble: Exception, status: int, wait: str | None, lms: FakeLms
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise trouble

    lms.send_roster = fail  # type: ignore[method-assign,assignment]  # of this one
    answer = calling_with(WRITE).post(PATH, [row()])
    assert answer.status_code == status
    assert str(trouble) in answer.json()["detail"]
    assert answer.headers.get("Retry-After") == wait


def test_an_lms_that_is_busy_for_a_moment_is_asked_again(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matricula.registrar.uploads.writing.PAUSE_SECONDS", 0.01)
    send, keys = lms.send_roster, list[str]()

    def send_at_last(*args: Any, key: str, **more: Any) -> object:  # noqa: ANN401  handed on
        keys.append(key)
        if len(keys) < 3:
            raise LmsBusy("Not now.", retry_after=None)
        return send(*args, key=key, **more)

    lms.send_roster = send_at_last  # type: ignore[method-assign,assignment]  # of this one
    assert calling_with(WRITE).post(PATH, [row()]).status_code == 200
    assert (len(keys), len(set(keys))) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_an_upload_comes_after_a_write_that_has_begun(lms: FakeLms) -> None:
    caller = calling_with(WRITE)
    has_begun, may_end, order = threading.Event(), threading.Event(), list[str]()
    send = lms.send_roster

    def send_slowly(*args: Any, **more: Any) -> object:  # noqa: ANN401  handed on
        has_begun.set()
        may_end.wait(10)
        order.append("write")
        return send(*args, **more)

    lms.send_roster = send_slowly  # type: ignore[method-assign,assignment]  # of this one

    def upload() -> None:
        received("student_key,status\nrv-1,ended\n")
        order.append("upload")
        connection.close()

    def write() -> None:
        caller.post(PATH, [row()])
        connection.close()

    writing, uploading = threading.Thread(target=write), threading.Thread(target=upload)
    writing.start()
    assert has_begun.wait(10)
    uploading.start()
    uploading.join(0.5)
    assert uploading.is_alive()
    may_end.set()
    writing.join()
    uploading.join()
    assert order == ["write", "upload"]
