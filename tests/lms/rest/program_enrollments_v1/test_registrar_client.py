"""edX's Registrar at work against a real server: its calls, its order, and what it can digest."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.databases import database_of_the_lms

DATABASE = "matricula_registrar_client"
ROOT = Path(__file__).parents[4]
PATIENCE_SECONDS = 60
CHUNK = 25

WORLD = """
import json
from decimal import Decimal
import matricula.cli
from matricula.lms.clients.api import create_client
from matricula.lms.grades.api import EarnedGrade, record_grades
from tests import given
run = given.course_run("HYD1")
program = given.program(runs=[run])
other = given.program("glaciers")
earned = []
for number, percent in enumerate(["0.9512", "0.5", "0"]):
    account = given.account(f"learner-{number}")
    given.bound(f"rv-{number:04}", account)
    earned.append(EarnedGrade(account.pk, run.pk, "A", True, Decimal(percent)))
record_grades(grades=earned, by=given.OPERATOR, at=given.NOW)
client = create_client(
    name="Registrar",
    roles=["write"],
    organization_id=given.school().pk,
    is_trusted=True,
    by=given.OPERATOR,
    at=given.NOW,
)
print(json.dumps({
    "client_id": client.client_id,
    "client_secret": client.client_secret,
    "program": str(program.uuid),
    "other_program": str(other.uuid),
    "curriculum": next(str(uuid) for uuid in program.curricula),
    "course_run": run.key,
}))
"""


@dataclass(frozen=True)
class Service:
    """A server of the LMS, and what the Registrar was told when it was set up."""

    url: str
    world: dict[str, str]


@dataclass
class Registrar:
    """What the Registrar does: a session for each operation, pages and chunks one by one."""

    lms: Service
    uuid: str
    token: str = ""
    statuses: list[int] = field(default_factory=list)

    @property
    def program(self) -> str:
        return f"{self.lms.url}/api/program_enrollments/v1/programs/{self.uuid}"

    @property
    def course(self) -> str:
        return f"{self.program}/courses/{self.lms.world['course_run']}"

    def open(self) -> requests.Session:
        session = requests.Session()
        session.headers["Authorization"] = f"JWT {self.token or self._ask_for_token()}"
        return session

    def write(self, method: str, url: str, items: Sequence[dict[str, Any]]) -> dict[str, str]:
        """Send items in chunks; what the LMS does not answer is an internal error."""
        told = {item["student_key"]: "internal-error" for item in items}
        with self.open() as session:
            for start in range(0, len(items), CHUNK):
                answer = session.request(method, url, json=items[start : start + CHUNK])
                self.statuses.append(answer.status_code)
                if answer.status_code in {200, 201, 207, 422}:
                    body = answer.json()
                    assert isinstance(body, dict)
                    told.update(body)
        return told

    def read(self, url: str) -> list[dict[str, Any]]:
        """Follow the pages to the end."""
        found: list[dict[str, Any]] = []
        following: str | None = url
        with self.open() as session:
            while following:
                answer = session.get(following)
                assert answer.status_code in {200, 207, 422}, answer.text
                page = answer.json()
                found += page["results"]
                following = page["next"]
        return found

    def _ask_for_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.lms.world["client_id"],
            "client_secret": self.lms.world["client_secret"],
            "token_type": "jwt",
        }
        url = f"{self.lms.url}/oauth2/access_token"
        answer = requests.post(url, data=form, timeout=(3.05, 5))
        answer.raise_for_status()
        assert answer.json()["expires_in"] > 5
        self.token = str(answer.json()["access_token"])
        return self.token


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with database_of_the_lms(DATABASE) as url:
        yield url


@pytest.fixture(scope="module")
def lms(database: str) -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DATABASE_URL": database, "MATRICULA_LMS_URL": url}
    made = subprocess.run(
        [sys.executable, "-c", WORLD],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"),
            *("--host", "127.0.0.1", "--port", str(port), "--no-access-log"),
            "matricula.lms.config.wsgi:application",
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(url, server)
        yield Service(url, json.loads(made.stdout))
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_SECONDS)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, "the server did not start"
        try:
            requests.get(f"{url}/oauth2/jwks", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


def is_digestible_percent(value: object) -> bool:
    return isinstance(value, float | int) and round(value, 3) == value


def test_a_roster_goes_in_by_chunks_and_comes_out_by_pages(lms: Service) -> None:
    registrar = Registrar(lms, lms.world["program"])
    curriculum = registrar.lms.world["curriculum"]
    keys = [f"rv-{number:04}" for number in range(110)]
    roster = [
        {"student_key": key, "status": "enrolled", "curriculum_uuid": curriculum} for key in keys
    ]
    url = f"{registrar.program}/enrollments/"

    told = registrar.write("PUT", url, roster)
    assert told == dict.fromkeys(keys, "enrolled")
    assert registrar.write("PUT", url, roster) == told
    assert registrar.statuses == [200] * 10

    found = registrar.read(url)
    assert [row["student_key"] for row in found] == keys
    for row in found:
        assert row["status"] in {"enrolled", "pending", "suspended", "canceled", "ended"}
        assert row["account_exists"] is (row["username"] != "")
        assert isinstance(row["email"], str)
    assert sum(row["account_exists"] for row in found) == 3

    courses = [
        {"student_key": key, "status": "active", "course_staff": key == keys[0]} for key in keys
    ]
    url = f"{registrar.course}/enrollments/"
    assert registrar.write("PUT", url, courses) == dict.fromkeys(keys, "active")
    found = registrar.read(url)
    assert [row["student_key"] for row in found] == keys
    assert [row["student_key"] for row in found if row["course_staff"]] == keys[:1]

    graded = registrar.read(f"{registrar.course}/grades/")
    assert [row["student_key"] for row in graded] == keys[:3]
    assert [row["percent"] for row in graded] == [0.951, 0.5, 0.0]
    for row in graded:
        assert set(row) == {"student_key", "passed", "percent", "letter_grade"}
        assert is_digestible_percent(row["percent"])


def test_bad_rows_of_a_chunk_hold_up_no_others(lms: Service) -> None:
    """What the Registrar lets pass, and what it puts into each item by itself."""
    registrar = Registrar(lms, lms.world["other_program"])
    keys = [f"bad-{number}" for number in range(23)]
    good: list[dict[str, Any]] = [
        {"student_key": key, "status": "enrolled", "curriculum_uuid": "None"} for key in keys
    ]
    bad: list[dict[str, Any]] = [
        {"student_key": "  ", "status": "enrolled", "curriculum_uuid": "None"},
        {"student_key": "other", "status": "on-leave", "curriculum_uuid": "None", "extra": 1},
    ]

    told = registrar.write("PATCH", f"{registrar.program}/enrollments/", [*good, *bad])
    assert set(told.values()) == {
        "not-in-program",
        "invalid-status",
        "internal-error",
        "invalid-key",
    }
    told = registrar.write("PUT", f"{registrar.program}/enrollments/", [*good, *bad])
    assert {key: told[key] for key in keys} == dict.fromkeys(keys, "enrolled")
    assert told["other"] == "invalid-status"
    assert registrar.statuses == [422, 207]
