"""`matricula lms serve`, as a process."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import psycopg
import pytest
import requests
from pytest_django.fixtures import Settings

from matricula import postgres
from matricula.cli.lms_commands import _require_good_settings
from matricula.cli.serving import MOST_WORKERS, _count_workers
from tests.cli.serving import (
    COMMAND,
    HOST,
    PATIENCE,
    Installation,
    Served,
    installed,
    serving,
    wait_until,
)
from tests.cli.typing_in import matricula

WHO_WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""

CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
ALLOW = "ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed("matricula_serving", tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def client(installation: Installation) -> dict[str, str]:
    made: dict[str, str] = installation.run("client", "create", "Caller", "--role", "read")
    return made


def token_of(served: Served, client: dict[str, str]) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "token_type": "jwt",
    }
    return str(served.call("POST", "/oauth2/access_token", data=form).json()["access_token"])


def ask(served: Served, token: str) -> requests.Response:
    headers = {"Authorization": f"JWT {token}"}
    return served.call("GET", "/api/v1/organizations/", headers=headers)


@pytest.fixture(scope="module")
def served(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with serving(installation, tmp_path_factory.mktemp("served"), "--workers", "1") as it:
        yield it


def test_it_serves_and_logs_as_json(served: Served, client: dict[str, str]) -> None:
    token = token_of(served, client)
    keys = jwt.PyJWKSet.from_dict(served.call("GET", "/oauth2/jwks").json())
    assert jwt.get_unverified_header(token)["kid"] in [key.key_id for key in keys.keys]
    assert ask(served, token).status_code == 200
    events = [line["event"] for line in served.lines]
    assert f"Listening at: {served.address}" in events
    assert events[-3:] == ["request"] * 3
    assert all(line["timestamp"] and line["level"] for line in served.lines)


def test_two_hosts_at_one_database_believe_one_another(
    served: Served, installation: Installation, client: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = Installation(installation.url, tmp_path / "elsewhere")
    one_address = {"MATRICULA_LMS_URL": served.address}
    with serving(elsewhere, tmp_path, "--workers", "1", **one_address) as other:
        tokens = [token_of(each, client) for each in (served, other)]
        assert len({jwt.get_unverified_header(token)["kid"] for token in tokens}) == 2
        for each in (served, other):
            assert [ask(each, token).status_code for token in tokens] == [200, 200]
        assert other.stop(signal.SIGINT) == 0


def test_a_request_at_hand_is_answered_before_it_stops(
    installation: Installation, client: dict[str, str], tmp_path: Path
) -> None:
    with (
        serving(installation, tmp_path, "--workers", "1") as served,
        psycopg.connect(installation.url) as other,
        psycopg.connect(installation.url, autocommit=True) as looking,
        ThreadPoolExecutor(1) as pool,
    ):
        token = token_of(served, client)
        other.execute("LOCK TABLE request_count IN ACCESS EXCLUSIVE MODE")
        answering = pool.submit(ask, served, token)
        wait_until(lambda: looking.execute(WHO_WAITS).fetchone() == (1,))
        served.process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(0.5)
        other.rollback()
        assert answering.result().status_code == 200
        assert served.process.wait(PATIENCE) == 0


def test_a_lost_database_is_503_and_the_service_goes_on_when_it_is_back(
    served: Served, installation: Installation, client: dict[str, str]
) -> None:
    token = token_of(served, client)
    name = urlsplit(installation.url).path[1:]
    with psycopg.connect(postgres.database_url(), autocommit=True) as server:
        server.execute(ALLOW.format(name, "false").encode())
        server.execute(CUT_OFF, [name])
        answers = [ask(served, token), served.call("GET", "/", cookies={"sessionid": "x" * 32})]
        server.execute(ALLOW.format(name, "true").encode())
    assert [answer.status_code for answer in answers] == [503, 503]
    assert [answer.headers["Retry-After"] for answer in answers] == ["5", "5"]
    assert ask(served, token).status_code == 200


def test_half_a_body_is_not_taken_for_a_whole_one(served: Served) -> None:
    head = (
        "POST /oauth2/access_token HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: half\r\n"
        "Connection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\n"
    )
    with socket.create_connection((HOST, served.port)) as caller:
        caller.sendall(f"{head}grant_type=password".encode())
        caller.shutdown(socket.SHUT_WR)
        with caller.makefile("rb") as answering:
            answer = answering.read()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'"error":"invalid"' in answer
    assert [line["event"] for line in served.lines if line.get("request_id") == "half"] == [
        "request"
    ]


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    started = [line["event"] for line in served.lines if "PID: " in line["event"]]
    os.kill(int(started[-1].rsplit(" ", 1)[1]), signal.SIGKILL)
    wait_until(lambda: "Respawning worker-1" in served.log.read_text())
    wait_until(served.answers)


def test_a_port_that_is_taken_is_one_line_and_one(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [COMMAND, "lms", "serve", "--port", port],
            env=installation.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    said = f"matricula: The LMS cannot listen on {HOST}:{port}: something listens there already.\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", said)


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("MATRICULA_PROXIES", "many", 1),
        ("MATRICULA_RATE_PER_MINUTE", "-1", 1),
        ("MATRICULA_FRONT_END_ORIGINS", "portal.example.org", 2),
    ],
)
def test_settings_that_cannot_be_are_one_line(
    installation: Installation, name: str, value: str, status: int
) -> None:
    ran = subprocess.run(
        [COMMAND, "lms", "serve"],
        env={**installation.environment, name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (status, "")
    assert ran.stderr.startswith("matricula: ")
    assert ran.stderr.count("\n") == 1
    assert value in ran.stderr


def test_https_without_a_proxy_is_warned_of(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.IS_SECURE, settings.PROXIES = True, 0
    _require_good_settings()
    assert "MATRICULA_PROXIES is 0" in caplog.text
    caplog.clear()
    settings.PROXIES = 1
    _require_good_settings()
    assert caplog.text == ""


def test_behind_a_proxy_https_is_what_it_says(installation: Installation, tmp_path: Path) -> None:
    said = {"MATRICULA_LMS_URL": "https://lms.example.org", "MATRICULA_PROXIES": "1"}
    with serving(installation, tmp_path, **said) as served:
        headers = {"X-Forwarded-Proto": "https", "Host": "lms.example.org"}
        answer = served.call("GET", "/login", headers=headers)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Secure" in answer.headers["Set-Cookie"]
        evil = served.call("GET", "/login", headers={"Host": "evil.example.org"})
        assert evil.status_code == 400
        plain = served.call("GET", "/login")
        assert "Strict-Transport-Security" not in plain.headers


def test_there_are_some_workers_and_not_too_many() -> None:
    assert 2 <= _count_workers() <= MOST_WORKERS


@pytest.mark.parametrize("words", [["--port", "0"], ["--port", "70000"], ["--workers", "0"]])
def test_numbers_that_cannot_be_are_two(words: list[str]) -> None:
    assert matricula("lms", "serve", *words).status == 2
