"""A school, the Registrar and the LMS together, whatever happens in the middle."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from threading import Barrier
from time import monotonic

import pytest

from tests.cli.serving import Installation
from tests.how_to.test_by_command import walk
from tests.signing_on import Browser, oidc_provider, people
from tests.together.running import (
    CHANGES,
    SENT,
    STOP_SECONDS,
    STORED,
    Line,
    Part,
    Services,
    installed,
    wait_until,
)

ROWS, LONG = 50_000, 25_000
"""Either is a job at the LMS."""
WRONG_EVERY = 5_000
PROGRAMS = ["tides", "promised", "begun", "halfway", "away", "raced", "stolen", "silent"]
PLANNED = "planned"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with (
        oidc_provider(*people("ada", "rita", "dora")) as issuer,
        installed(tmp_path_factory.mktemp("together")) as made,
    ):
        made.make_world(issuer, [*PROGRAMS, PLANNED])
        made.start(*Part)
        made.run_registrar("grant", made.clients["school"]["username"], "read_write_enrollments")
        made.wait_until_served()
        made.get_token()
        yield made


def write_roster(name: str, rows: int = ROWS) -> str:
    """A roster in which some rows are wrong."""
    lines = [f"{key},{status}\n" for key, status in list_rows(name, rows)]
    return "".join(["student_key,status\n", *lines])


def list_rows(name: str, rows: int) -> list[tuple[str, str]]:
    return [
        (f"{name}-{number:06}", "enrolled" if number % WRONG_EVERY else "on-leave")
        for number in range(rows)
    ]


def require_truth(services: Services, program: str, lines: Sequence[Line], rows: int) -> None:
    """Every line is answered once, and is what the LMS has; nothing was written twice."""
    expected = [
        (str(line), key, status, "enrolled" if status == "enrolled" else "invalid-status")
        for line, (key, status) in enumerate(list_rows(program, rows), start=2)
    ]
    told = [(each["line"], each["student_key"], each["asked"], each["status"]) for each in lines]
    assert told == expected
    good = {each["student_key"]: each["status"] for each in lines if each["action"] != "refuse"}
    assert dict(services.look(STORED, program)) == good
    changes = services.look(CHANGES, program)
    assert len(changes) == len(set(changes)) == len(good)
    assert services.look(SENT, program) == [(1,)]


def test_what_waits_for_a_student_is_hers_when_she_has_signed_up(services: Services) -> None:
    roster = "student_key,status\nkey-ada,enrolled\nkey-ben,enrolled\n"
    courses = "student_key,course_id,status\nkey-ada,our-promised,active\n"
    for path, text in (("enrollments", roster), ("course_enrollments", courses)):
        told, _ = services.finish(services.upload(f"promised/{path}", text))
        assert told["text"] == "200"
    assert list_accounts(services, "promised") == {"key-ada": "False", "key-ben": "False"}

    browser = Browser(services.lms)
    browser.go("/sign-on/riveru/")
    assert "Promised" in browser.submit(sub="ada").text

    assert list_accounts(services, "promised") == {"key-ada": "True", "key-ben": "False"}
    assert services.download("promised/course_enrollments") == [
        {
            "course_id": "our-promised",
            "student_key": "key-ada",
            "status": "active",
            "account_exists": "True",
        }
    ]


def list_accounts(services: Services, program: str) -> dict[str, str]:
    lines = services.download(f"{program}/enrollments")
    return {each["student_key"]: each["account_exists"] for each in lines}


def test_what_schools_are_told_of_uploading_is_true(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "REGISTRAR_DATABASE_URL": services.registrar_url,
        "MATRICULA_LMS_URL": services.lms,
        "LMS": services.lms,
        "REGISTRAR": services.registrar,
        "SCHOOL": "RiverU",
        "PROGRAM": "tides",
        "COURSE": "our-tides",
    }.items():
        monkeypatch.setenv(name, value)
    at_home = Installation(services.lms_url, services.folder / "registrar")
    told = walk("upload-a-roster.md", at_home, tmp_path).splitlines()

    jobs = [json.loads(line) for line in told if line.startswith('{"job_id"')]
    ended = [each["text"] for each in jobs if each["state"] == "Succeeded"]
    assert ended == ["207", "200", "200", None]
    [refused] = [line for line in told if line.startswith("line ")]
    assert refused.startswith("line 4: rv-003 on-leave: invalid-status, ")
    assert sorted(told[-5:]) == [
        "rv-001,enrolled,False",
        "rv-002,enrolled,False",
        "rv-003,suspended,False",
        "rv-004,enrolled,False",
        "student_key,status,account_exists",
    ]


def test_a_worker_killed_as_it_begins_leaves_its_job_to_the_next(services: Services) -> None:
    with services.held_up("begun"):
        job = services.upload("begun/enrollments", write_roster("begun"))
        services.wait_for(job, "In Progress")
        services.end(Part.REGISTRAR_WORKER, number=SIGKILL)
        services.start(Part.REGISTRAR_WORKER)
    _, lines = services.finish(job)
    require_truth(services, "begun", lines, ROWS)


def test_both_workers_killed_halfway_through_write_nothing_twice(services: Services) -> None:
    job = services.upload("halfway/enrollments", write_roster("halfway"))
    with services.held_up("halfway", after=1):
        services.end(Part.REGISTRAR_WORKER, Part.LMS_WORKER, number=SIGKILL)
        assert 0 < len(services.look(STORED, "halfway")) < ROWS / 2
        assert services.ask("GET", job).json()["state"] == "In Progress"
    services.start(Part.REGISTRAR_WORKER, Part.LMS_WORKER)
    _, lines = services.finish(job)
    require_truth(services, "halfway", lines, ROWS)


def test_an_lms_that_goes_and_comes_back_is_waited_for(services: Services) -> None:
    job = services.upload("away/enrollments", write_roster("away"))
    with services.held_up("away", after=1), services.without(Part.LMS):
        told = services.wait_for(job, "Retrying", "Failed")
        assert told["failure"]["code"] == "lms-unreachable"
    _, lines = services.finish(job)
    require_truth(services, "away", lines, ROWS)


def test_a_worker_stops_in_time_and_what_it_had_sent_is_undone_all_the_same(
    services: Services,
) -> None:
    services.processes[Part.LMS].send_signal(SIGSTOP)
    job = services.upload("silent/enrollments", write_roster("silent", 500))
    services.wait_for(job, "In Progress")
    begun = monotonic()
    services.end(Part.REGISTRAR_WORKER)
    assert monotonic() - begun < STOP_SECONDS + 2
    services.processes[Part.LMS].send_signal(SIGCONT)
    services.start(Part.REGISTRAR_WORKER)
    _, lines = services.finish(job)
    assert [each["line"] for each in lines] == [str(line) for line in range(2, 502)]
    assert len(services.look(STORED, "silent")) == 499

    browser, second = (registrar_at(services, name) for name in ("rita", "dora"))
    browser.go(f"{services.registrar}/jobs/{job.rstrip('/').rpartition('/')[2]}")
    undo_by_two(browser, second, "499")
    assert services.look(STORED, "silent") == []


def test_of_two_uploads_at_once_one_is_told_to_wait(services: Services) -> None:
    rows = 500
    at_once = Barrier(2)

    def send(roster: str) -> tuple[int, object]:
        at_once.wait()
        answer = services.send("raced/enrollments", roster)
        return answer.status_code, answer.json()

    with services.held_up("raced"), ThreadPoolExecutor(2) as senders:
        rosters = [write_roster("raced", rows), write_roster("other", rows)]
        answers = dict(zip(("raced", "other"), senders.map(send, rosters), strict=True))
    assert sorted(status for status, _ in answers.values()) == [202, 409]
    [(won, told)] = [(name, told) for name, (status, told) in answers.items() if status == 202]
    [refused] = [told for status, told in answers.values() if status == 409]
    assert refused == "Job already in progress for program"
    assert isinstance(told, dict)
    _, lines = services.finish(told["job_url"])
    assert {each["student_key"].partition("-")[0] for each in lines} == {won}
    assert len(services.look(STORED, "raced")) == rows - 1


def test_stolen_credentials_are_voided_in_the_middle_and_nothing_is_lost(
    services: Services,
) -> None:
    job = services.upload("stolen/enrollments", write_roster("stolen"))
    old = services.token
    with services.held_up("stolen", after=1):
        services.revoke_all()
        with services.without(Part.LMS):
            pass  # it would go on for a minute with the keys that it has in memory
        services.wait_until_served()
        services.get_token()
        wait_until(lambda: find_trouble(services, job) == "lms-refuses-us")
        services.give_credentials(services.clients["registrar"])
    _, lines = services.finish(job)
    require_truth(services, "stolen", lines, ROWS)
    require_void(services, old)


def test_a_file_is_planned_applied_and_undone_by_its_registrar_whoever_is_killed(
    services: Services,
) -> None:
    browser, second = (registrar_at(services, name) for name in ("rita", "dora"))
    browser.go(f"{services.registrar}/programs/{PLANNED}/upload")
    browser.submit(file=("spring.csv", write_roster(PLANNED, LONG)), kind="", reason="spring")
    page = look_until_there(browser)
    assert "<strong>24,995</strong> new" in page
    assert "<strong>5</strong> refused" in page
    assert services.look(STORED, PLANNED) == []

    with services.held_up(PLANNED):
        browser.submit(action="/apply")
        wait_until(lambda: "writes all of it at once" in browser.go(browser.page.url).text)
        services.end(Part.REGISTRAR_WORKER, Part.LMS_WORKER, number=SIGKILL)
    services.start(Part.REGISTRAR_WORKER, Part.LMS_WORKER)
    page = look_until_there(browser)
    assert "24,995 done, 5 refused" in page
    for what in (STORED, CHANGES):
        assert len(services.look(what, PLANNED)) == 24_995

    undo_by_two(browser, second, "24,995")
    assert services.look(STORED, PLANNED) == []


def undo_by_two(browser: Browser, second: Browser, rows: str) -> None:
    """One registrar asks to take back the upload that is open, and another one does it."""
    browser.submit(action="/undo", reason="the wrong term")
    page = look_until_there(browser)
    assert f"<strong>{rows}</strong> put back" in page
    assert "It waits for a second person." in page
    second.go(browser.page.url)
    second.submit(action="/apply")
    assert "The upload is undone." in look_until_there(second)


def registrar_at(services: Services, name: str) -> Browser:
    """A registrar's browser, signed in at both services by the school."""
    services.run_registrar("grant", name, "read_write_enrollments")
    browser = Browser(services.lms)
    browser.go("/sign-on/riveru/")
    browser.submit(sub=name)
    browser.go(f"{services.registrar}/login")
    return browser


def look_until_there(browser: Browser) -> str:
    """Look at a page that renews itself until it no longer does."""
    address = browser.page.url
    wait_until(lambda: "every 2s" not in browser.go(address).text)
    return browser.page.text


def find_trouble(services: Services, job: str) -> str:
    failure = services.ask("GET", job).json()["failure"]
    return failure["code"] if failure else ""


def require_void(services: Services, old: str) -> None:
    """A Registrar that has seen a token of the new key takes the old one's no more."""
    new = services.token

    def is_void() -> bool:
        assert services.ask("GET", "programs/").status_code == 200
        services.token = old
        status = services.ask("GET", "programs/").status_code
        services.token = new
        return status == 401

    wait_until(is_void)
