"""The Registrar as processes beside a real LMS: it knows it by its addresses alone."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import (
    COMMAND,
    PATIENCE,
    Installation,
    Served,
    free_port,
    installed,
    serving,
    wait_until,
)
from tests.databases import database_of_the_registrar

PASSWORD = "correct horse 9"  # noqa: S105  of an account that lives for a second
CATALOG = """
{"results": [{"uuid": "2c8f4f0a-6d65-4d42-9f38-0c35d1c9a001", "key": "hydrology",
  "title": "Hydrology", "type": "Masters", "status": "active", "mode": "masters",
  "authoring_organizations": [
    {"uuid": "2c8f4f0a-6d65-4d42-9f38-0c35d1c9a003", "key": "RiverU", "name": "River"}],
  "curricula": [{"uuid": "2c8f4f0a-6d65-4d42-9f38-0c35d1c9a002", "is_active": true,
    "courses": [{"key": "RiverU+HYD1", "title": "Water", "course_runs": [
      {"key": "course-v1:RiverU+HYD1+2031_T1", "external_key": "HYD-A"}]}]}]}]}
"""


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed("matricula_beside_registrar", tmp_path_factory.mktemp("home")) as made:
        catalog = made.home / "catalog.json"
        catalog.parent.mkdir(exist_ok=True)
        catalog.write_text(CATALOG)
        made.run("catalog", "load", str(catalog))
        yield made


def token_of(served: Served, client: dict[str, str]) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "token_type": "jwt",
    }
    return str(served.call("POST", "/oauth2/access_token", data=form).json()["access_token"])


def test_a_school_sees_its_programs_with_a_token_of_the_lms(
    lms: Installation, tmp_path: Path
) -> None:
    client = lms.run("client", "create", "Registrar", "--role", "catalog", "--role", "write")
    school = lms.run("client", "create", "School", "--role", "read")
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    with (
        serving(lms, tmp_path, MATRICULA_LMS_URL=own.replace(str(port), "1")) as at_lms,
        database_of_the_registrar("matricula_registrar_beside") as url,
    ):
        environment = {
            **lms.environment,
            "REGISTRAR_DATABASE_URL": url,
            "LMS_URL": at_lms.address,
            "LMS_CLIENT_ID": client["client_id"],
            "LMS_CLIENT_SECRET": client["client_secret"],
            "MATRICULA_LMS_URL": own.replace(str(port), "1"),
        }
        assert run(environment, "sync") == "1 programs, of which 1 are new or changed.\n"
        run(environment, "grant", school["username"], "read_enrollments", "--program", "hydrology")
        with serving_registrar(environment, port, tmp_path) as registrar:
            token = token_of(at_lms, school)
            told = registrar.call(
                "GET", "/api/v1/programs/", headers={"Authorization": f"JWT {token}"}
            ).json()
            assert [each["program_key"] for each in told] == ["hydrology"]
            assert told[0]["permissions"] == ["read_enrollments", "read_metadata"]


def run(environment: dict[str, str], *words: str) -> str:
    ran = subprocess.run(
        [COMMAND, "registrar", *words], env=environment, check=True, capture_output=True, text=True
    )
    return ran.stdout


@contextmanager
def serving_registrar(environment: dict[str, Any], port: int, folder: Path) -> Iterator[Served]:
    """Serve the Registrar, and come back when it answers."""
    log = folder / f"registrar-{port}"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [COMMAND, "registrar", "serve", "--port", str(port), "--workers", "1"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    served = Served(process, port, log)
    try:
        wait_until(lambda: listens(served))
        yield served
    finally:
        served.session.close()
        process.terminate()
        process.wait(PATIENCE)


def listens(served: Served) -> bool:
    try:
        return served.call("GET", "/health").status_code == 200
    except OSError:
        return False


def test_a_person_signs_in_at_the_lms_and_has_a_session_here(
    lms: Installation, tmp_path: Path
) -> None:
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    client = lms.run(
        *("client", "create", "Own", "--role", "catalog", "--trusted"),
        *("--redirect-uri", f"{own}/login/complete"),
    )
    lms.run("account", "create", "mira", "--email", "m@riveru.example", "--password", PASSWORD)
    with (
        serving(lms, tmp_path) as at_lms,
        database_of_the_registrar("matricula_registrar_signing_in") as url,
    ):
        environment = {
            **lms.environment,
            "REGISTRAR_DATABASE_URL": url,
            "LMS_CLIENT_ID": client["client_id"],
            "LMS_CLIENT_SECRET": client["client_secret"],
            "MATRICULA_LMS_URL": at_lms.address,
            "MATRICULA_REGISTRAR_URL": own,
        }
        run(environment, "sync")
        run(environment, "grant", "mira", "read_enrollments", "--program", "hydrology")
        with serving_registrar(environment, port, tmp_path) as registrar:
            page = registrar.call("GET", "/login")
            fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
            form = {name: unescape(value) for name, value in fields}
            form |= {"login": "mira", "password": PASSWORD}
            headers = {"Referer": page.url}
            signed = registrar.session.post(f"{at_lms.address}/login", form, headers=headers)
            assert (signed.url, signed.status_code) == (f"{own}/", 200)
            assert "Hydrology" in signed.text
            registrar.session.cookies.clear("127.0.0.1", "/", "edx-jwt-cookie-signature")
            told = registrar.call("GET", "/api/v1/programs/").json()
            assert [each["program_key"] for each in told] == ["hydrology"]
