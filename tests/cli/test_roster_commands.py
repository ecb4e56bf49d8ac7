import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matricula.cli.main import main
from matricula.lms.catalog.api import ProgramOutline
from tests import given

Run = Callable[..., tuple[int, str, str]]

ROSTER = "student_key,status\nrv-1,enrolled\nrv-2,gone\nRV-3,pending\n"


@pytest.fixture(autouse=True)
def hydrology(db: None) -> ProgramOutline:
    runs = [given.course_run("HYD1", external_key="hyd")]
    return given.program("hydrology", runs=runs, active_curricula=2)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matricula", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "week 1.csv"
    path.write_text(ROSTER)
    return path


def test_a_plan_shows_counts_and_rows_and_writes_nothing(run: Run, roster: Path) -> None:
    status, out, _ = run("roster", "plan", roster, "--program", "hydrology")
    assert status == 1
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["week", "1.csv:", "3", "rows", "for", "program", "hydrology."]
    assert ["create", "enrolled", "1"] in lines
    assert ["refuse", "invalid-status", "1"] in lines
    assert ["4", "RV-3", "pending"] in lines
    assert "3     rv-2         invalid-status  'gone' is none of enrolled" in out
    assert out.endswith("This is a plan: nothing was written.\n")
    again = json.loads(run("roster", "plan", roster, "--program", "hydrology", "--json")[1])
    assert [row["action"] for row in again["rows"]] == ["create", "refuse", "create"]


def test_apply_writes_and_a_second_apply_changes_nothing(run: Run, roster: Path) -> None:
    roster.write_text(ROSTER.replace("gone", "ended"))
    status, out, _ = run("roster", "apply", roster, "--program", "hydrology")
    assert status == 0
    assert "nothing was written" not in out.lower()
    status, out, _ = run("roster", "apply", roster, "--program", "hydrology", "--json")
    assert status == 0
    assert json.loads(out)["rows"][0]["action"] == "unchanged"


def test_json_has_counts_rows_and_whether_it_is_applied(run: Run, roster: Path) -> None:
    status, out, _ = run("roster", "apply", roster, "--program", "HYDROLOGY", "--json")
    assert status == 1
    assert json.loads(out) == {
        "counts": {"enrolled": 1, "invalid-status": 1, "pending": 1},
        "rows": [
            {
                "line": 2,
                "student_key": "rv-1",
                "action": "create",
                "verdict": "enrolled",
                "reason": "",
            },
            {
                "line": 3,
                "student_key": "rv-2",
                "action": "refuse",
                "verdict": "invalid-status",
                "reason": "'gone' is none of enrolled, pending, suspended, canceled, ended",
            },
            {
                "line": 4,
                "student_key": "RV-3",
                "action": "create",
                "verdict": "pending",
                "reason": "",
            },
        ],
        "applied": True,
    }


def test_json_of_a_course_roster_names_the_course(run: Run, roster: Path) -> None:
    roster.write_text("student_key,course_id,status\nrv-1, hyd ,active\n")
    row = json.loads(run("roster", "plan", roster, "--program", "hydrology", "--json")[1])["rows"]
    assert (row[0]["course_id"], row[0]["verdict"]) == ("hyd", "not-in-program")


def test_atomic_says_plainly_that_nothing_was_written(run: Run, roster: Path) -> None:
    words = ("roster", "apply", roster, "--program", "hydrology", "--atomic")
    status, out, _ = run(*words)
    assert status == 1
    assert out.endswith(
        "Nothing was written, because rows are refused and --atomic was asked for.\n"
    )
    status, out, _ = run(*words, "--json")
    said = json.loads(out)
    assert (status, said["applied"]) == (1, False)
    assert [row["action"] for row in said["rows"]] == ["create", "refuse", "create"]


def test_a_mode_may_be_chosen(run: Run, roster: Path) -> None:
    out = run("roster", "plan", roster, "--program", "hydrology", "--mode", "update", "--json")[1]
    assert json.loads(out)["counts"] == {"not-in-program": 2, "invalid-status": 1}
    assert run("roster", "plan", roster, "--program", "hydrology", "--mode", "guess")[0] == 2


def test_only_the_first_rows_are_shown_and_the_rest_counted(run: Run, roster: Path) -> None:
    rows = [f"rv-{number},gone" for number in range(1, 27)]
    roster.write_text("\n".join(["student_key,status", *rows]))
    out = run("roster", "apply", roster, "--program", "hydrology")[1]
    assert " rv-20 " in out
    assert " rv-21 " not in out
    assert out.endswith("and 6 more; --result writes all.\n")


def test_a_key_cannot_command_the_terminal(run: Run, roster: Path) -> None:
    roster.write_text("student_key,status\n\x1b]0;title\x07[red]rv-1,enrolled\n")
    out = run("roster", "plan", roster, "--program", "hydrology")[1]
    assert "\x1b" not in out
    assert "]0;title\N{REPLACEMENT CHARACTER}[red]rv-1" in out


def test_a_result_file_is_written_for_plan_and_apply(run: Run, roster: Path) -> None:
    result = roster.with_name("result.csv")
    for word in ("plan", "apply", "apply"):
        words = ("roster", word, roster, "--program", "hydrology", "--result", result)
        assert run(*words)[0] == 1
        assert result.read_text().splitlines()[1] == "rv-1,enrolled,2,enrolled,"


def test_a_result_in_the_place_of_the_input_is_refused_before_anything_is_written(
    run: Run, roster: Path
) -> None:
    status, out, err = run(
        "roster", "apply", roster, "--program", "hydrology", "--result", roster, "--json"
    )
    assert (status, out) == (2, "")
    assert "is the input; the output needs a place of its own" in err
    plan = json.loads(run("roster", "plan", roster, "--program", "hydrology", "--json")[1])
    assert plan["rows"][0]["action"] == "create"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"student_key,status\n", "The roster has no rows."),
        (b"student_key;status\nrv-1;enrolled\n", "has no columns student_key, status; its values"),
        (b"student_key,status\nrv-1,enrolled\nJos\xe9,enrolled\n", "Line 3, column 4: byte 0xE9"),
        (b"student_key,status\nrv-1,enrolled\nrv-\x002,ended\n", "Line 3, column 4: this is a"),
        (b'student_key,status\nrv-1,enrolled\n"rv-2,ended\n', "Line 3, column 1: the quote"),
    ],
)
def test_an_unreadable_roster_is_status_2_and_writes_nothing(
    run: Run, roster: Path, data: bytes, words: str
) -> None:
    roster.write_bytes(data)
    status, out, err = run("roster", "apply", roster, "--program", "hydrology", "--json")
    assert (status, out) == (2, "")
    assert words in err
    assert run("export", "--program", "hydrology", "-")[1].count("\n") == 1


def test_what_is_not_there_is_said(run: Run, roster: Path) -> None:
    missing = roster.with_name("missing.csv")
    status, _, err = run("roster", "plan", missing, "--program", "hydrology")
    assert (status, "There is no file" in err) == (2, True)
    status, _, err = run("roster", "plan", roster, "--program", "nothing")
    assert (status, "There is no program 'nothing'" in err) == (1, True)


def test_what_is_exported_goes_back_in_unchanged(run: Run, roster: Path) -> None:
    run("roster", "apply", roster, "--program", "hydrology")
    out = roster.with_name("out.csv")
    status, said, _ = run("export", "--program", "hydrology", out, "--json")
    assert (status, json.loads(said)) == (0, {"rows": 2, "left_out": 0})
    status, said, _ = run("roster", "plan", out, "--program", "hydrology", "--json")
    assert (status, {row["action"] for row in json.loads(said)["rows"]}) == (0, {"unchanged"})
    assert run("export", "--program", "hydrology", out)[1] == f"2 rows are in {out}.\n"


def test_an_export_may_go_to_standard_output(run: Run, hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    given.on_course("rv-1", program=hydrology, run=given.course_run("HYD1"))
    status, out, _ = run("export", "--program", "hydrology", "--courses", "-")
    uuid = next(iter(hydrology.curricula))
    assert (status, out.splitlines()) == (
        0,
        [
            "student_key,course_id,status,course_staff,curriculum_uuid",
            f"rv-1,course-v1:RiverU+HYD1+2031_T1,active,false,{uuid}",
        ],
    )


def test_an_export_does_not_take_the_place_of_something_else(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear dean")
    status, _, err = run("export", "--program", "hydrology", letter)
    assert (status, "--force" in err) == (2, True)
    assert run("export", "--program", "hydrology", letter, "--force")[0] == 0


def test_an_export_takes_the_place_of_an_export_of_the_same_columns_alone(
    run: Run, roster: Path
) -> None:
    """A roster that was made by hand has those of an export and others."""
    mine = "student_key,status,curriculum_uuid,note\nrv-1,enrolled,,by hand\n"
    roster.write_text(mine)
    status, _, err = run("export", "--program", "hydrology", roster)
    assert (status, "--force" in err, roster.read_text()) == (2, True, mine)


def test_a_result_takes_the_place_of_a_result_of_the_same_columns_alone(
    run: Run, roster: Path
) -> None:
    result = roster.with_name("result.csv")
    result.write_text("student_key,status,note,line,verdict,reason\nrv-1,ended,by hand,,,\n")
    before = result.read_text()
    words = ("roster", "plan", roster, "--program", "hydrology", "--result", result)
    status, _, err = run(*words)
    assert (status, "--force" in err, result.read_text()) == (2, True, before)
    assert run(*words, "--force")[0] == 1


@pytest.mark.parametrize("word", ["plan", "apply"])
def test_a_result_does_not_go_to_standard_output(
    run: Run, roster: Path, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(roster.parent)
    status, out, err = run("roster", word, roster, "--program", "hydrology", "--result", "-")
    assert (status, out, "a file of its own" in err) == (2, "", True)
    assert list(roster.parent.iterdir()) == [roster]


def test_a_place_that_cannot_be_is_one_line_and_two(run: Run, roster: Path) -> None:
    for place in (roster.with_name("a" * 300), roster / "out.csv"):
        for words in (
            ("roster", "apply", roster, "--program", "hydrology", "--result", place),
            ("export", "--program", "hydrology", place),
        ):
            status, out, err = run(*words)
            assert (status, out, err.count("\n")) == (2, "", 1)
            assert err.startswith("matricula: ")
    assert run("export", "--program", "hydrology", "-")[1].count("\n") == 1
