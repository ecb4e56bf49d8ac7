"""The walks by HTTP are true: their blocks are run as they stand, one page after the other."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import installed, serving

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
MAIN_JOB, PLANS = "main-job-by-http.md", "plan-and-undo.md"
ROLES = ("--role", "catalog", "--role", "write", "--role", "support")


def list_blocks(page: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What the blocks of each page print, a line of JSON for each call."""
    folder = tmp_path_factory.mktemp("walk")
    with (
        installed("matricula_walk", folder / "home") as installation,
        serving(installation, folder) as served,
    ):
        client = installation.run("client", "create", "Walkthrough", *ROLES)
        return {
            page: run_blocks(
                page,
                folder,
                LMS=served.address,
                CLIENT_ID=client["client_id"],
                CLIENT_SECRET=client["client_secret"],
            )
            for page in (MAIN_JOB, PLANS)
        }


def run_blocks(page: str, folder: Path, **variables: str) -> list[dict[str, Any]]:
    ran = subprocess.run(
        [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", "\n".join(list_blocks(page))],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return [json.loads(line) for line in ran.stdout.splitlines() if line]


@pytest.fixture
def answers(walked: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return walked[MAIN_JOB]


def test_the_roster_is_planned_then_written(answers: list[dict[str, Any]]) -> None:
    planned, written = (each for each in answers if each.get("kind") == "program")

    assert (planned["dry_run"], planned["applied"]) == (True, False)
    assert (written["dry_run"], written["applied"]) == (False, True)
    assert planned["rows"] == written["rows"]
    assert [row["verdict"] for row in written["rows"]] == [
        "enrolled",
        "enrolled",
        "invalid-status",
    ]


def test_what_waits_becomes_hers_and_is_explained(answers: list[dict[str, Any]]) -> None:
    *_, waiting, _, bound, seat, picture, why, why_not, changes = answers

    assert [each["student_key"] for each in waiting["results"]] == ["hb-001", "hb-002"]
    assert [each["outcome"] for each in bound["results"]] == ["bound"]
    assert (seat["in"], seat["mode"]) == (True, "masters")
    assert picture["account"] == "wanda"
    assert (why["is_active"], why_not["is_active"]) == (True, False)
    assert {"first roster", "saw the student card"} <= {
        each["reason"] for each in changes["results"]
    }


def test_a_plan_is_applied_as_shown_and_undone(walked: dict[str, list[dict[str, Any]]]) -> None:
    planned, shown, refused, applied, undoing, undone, now, _ = walked[PLANS]

    assert planned["counts"] == {"create": 1, "update": 1, "unchanged": 0, "refuse": 1}
    assert [(row["before"], row["after"]) for row in shown["results"]] == [
        ("enrolled", "ended"),
        ("", "enrolled"),
        ("", ""),
    ]
    assert [row["verdict"] for row in refused["results"]] == ["invalid-status"]
    assert (applied["state"], undone["state"]) == ("applied", "applied")
    assert sorted(row["student_key"] for row in undoing["results"]) == ["hb-002", "hb-004"]
    assert {row["student_key"]: row["status"] for row in now["results"]} == {
        "hb-001": "enrolled",
        "hb-002": "enrolled",
    }


def test_what_was_written_without_a_plan_is_undone(
    walked: dict[str, list[dict[str, Any]]],
) -> None:
    *_, undone = walked[PLANS]

    assert (undone["state"], undone["verdicts"]) == ("applied", {"enrolled": 1})
    assert undone["undoes"] == {"what": "request", "id": "autumn"}
