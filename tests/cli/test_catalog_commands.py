import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matricula.cli.main import main

Run = Callable[..., tuple[int, str, str]]

PROGRAM = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "title": "MSc Hydrology",
    "type": "Masters",
    "status": "active",
    "marketing_slug": "msc-hydrology",
    "authoring_organizations": [{"key": "RiverU", "name": "River University"}],
    "curricula": [
        {
            "uuid": "00000000-0000-4000-8000-000000000002",
            "name": "2031",
            "courses": [
                {
                    "key": "RiverU+HYD1",
                    "course_runs": [{"key": "course-v1:RiverU+HYD1+T1", "external_key": "H1"}],
                }
            ],
        }
    ],
}


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matricula", "catalog", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


@pytest.fixture
def catalog(tmp_path: Path) -> str:
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(PROGRAM))
    return str(path)


def test_loading_says_what_became_of_each_program(run: Run, catalog: str) -> None:
    status, out, _ = run("load", catalog)
    assert status == 0
    assert out.splitlines()[1].split() == ["msc-hydrology", "created"]
    assert out.splitlines()[-1] == "1 created, 0 updated, 0 unchanged."


def test_loading_again_says_unchanged_in_json(run: Run, catalog: str) -> None:
    run("load", catalog)
    status, out, err = run("load", catalog, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "counts": {"created": 0, "updated": 0, "unchanged": 1},
        "programs": [{"uuid": PROGRAM["uuid"], "key": "msc-hydrology", "result": "unchanged"}],
    }


def test_what_cannot_be_loaded_is_an_unreadable_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("[]]")
    for name, words in [("bad.json", "is not JSON"), ("missing.json", "cannot be read")]:
        status, out, err = run("load", str(tmp_path / name))
        assert (status, out) == (2, "")
        assert words in err


def test_programs_are_listed(run: Run, catalog: str) -> None:
    run("load", catalog)
    _, out, _ = run("list")
    assert "msc-hydrology  MSc Hydrology  Masters" in out
    _, out, _ = run("list", "--json")
    [listed] = json.loads(out)
    assert listed["organizations"][0]["key"] == "RiverU"


def test_a_program_is_shown(run: Run, catalog: str) -> None:
    run("load", catalog)
    _, out, _ = run("show", "msc-hydrology")
    for words in ("mode masters", "River University", "2031", "course-v1:RiverU+HYD1+T1", "H1"):
        assert words in out
    _, out, _ = run("show", "msc-hydrology", "--json")
    shown = json.loads(out)
    assert shown["curricula"][0]["is_active"] is True
    assert [each["external_key"] for each in shown["course_runs"]] == ["H1"]


def test_a_program_that_is_not_there_is_not_found(run: Run) -> None:
    status, _, err = run("show", "nothing")
    assert (status, err) == (1, "matricula: There is no program 'nothing'.\n")
