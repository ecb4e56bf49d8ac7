"""The walk through the main job is true: its blocks are run as they stand, one after the other."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import installed, serving

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "main-job-by-http.md"
ROLES = ("--role", "catalog", "--role", "write", "--role", "support")


def list_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the blocks print, a line of JSON for each call."""
    folder = tmp_path_factory.mktemp("walk")
    with (
        installed("matricula_walk", folder / "home") as installation,
        serving(installation, folder) as served,
    ):
        client = installation.run("client", "create", "Walkthrough", *ROLES)
        ran = subprocess.run(
            [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", "\n".join(list_blocks())],
            cwd=folder,
            env={
                **os.environ,
                "LMS": served.address,
                "CLIENT_ID": client["client_id"],
                "CLIENT_SECRET": client["client_secret"],
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return [json.loads(line) for line in ran.stdout.splitlines() if line]


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
