"""What is told of support's work is true: the blocks of its pages are run as they stand."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import Installation, installed
from tests.how_to.forking import forked_command

PAGES = Path(__file__).parents[2] / "docs" / "how-to"


def walk(page: str, installation: Installation, folder: Path, **more: str) -> str:
    """Run the blocks of a page, one after the other, and return what they print.

    ``more`` are variables that the page takes for set.
    """
    found = re.findall(r"^```sh\n(.*?)^```", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE)
    environment = {
        **installation.environment,
        "MATRICULA_RETIREMENT_KEY": "of a walk",
        **more,
    }
    with forked_command(folder, environment) as variables:
        ran = subprocess.run(
            [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", "\n".join(found)],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return ran.stdout


def list_json(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def test_a_conflict_ends_in_each_of_three_ways(tmp_path: Path) -> None:
    with installed("matricula_conflict", tmp_path / "home") as installation:
        printed = walk("resolve-a-conflict.md", installation, tmp_path)
        ben = installation.run("learner", "show", "ben")
    wanda, left = list_json(printed)
    keys = {each["value"] for each in wanda["identities"] if each["kind"] == "student_key"}
    assert keys == {"hb-001", "hb-002", "hb-003"}
    assert len(wanda["program_enrollments"]) == 3
    assert not ben["program_enrollments"]
    assert left == {"conflicts": []}


def test_a_person_is_erased_and_the_report_says_so(tmp_path: Path) -> None:
    with installed("matricula_retirement", tmp_path / "home") as installation:
        printed = walk("retire-a-person.md", installation, tmp_path)
    [report] = list_json(printed)
    assert report == json.loads((tmp_path / "report.json").read_text())
    erased, kept = report["erased"], {each["what"]: each["count"] for each in report["kept"]}
    assert (erased["accounts"], erased["identities"], erased["reasons"]) == (1, 2, 1)
    assert kept["program_enrollments"] == 1


@pytest.mark.parametrize("page", ["resolve-a-conflict.md", "retire-a-person.md"])
def test_a_block_that_fails_is_seen(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / page).write_text("```sh\nfalse\n```\n")
    monkeypatch.setattr("tests.how_to.test_by_command.PAGES", tmp_path)
    with pytest.raises(AssertionError):
        walk(page, Installation("", tmp_path), tmp_path)
