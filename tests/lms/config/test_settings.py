"""Settings, as the environment gives them."""

import os
import subprocess
import sys

import pytest

from matricula.service.environment import read_list, read_number, read_text


@pytest.mark.parametrize("given", [None, "", "  "])
def test_what_is_unset_or_blank_is_the_default(
    given: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MATRICULA_X", raising=False)
    if given is not None:
        monkeypatch.setenv("MATRICULA_X", given)
    assert read_text("X", default="d") == "d"
    assert read_list("X", default=["d", ""]) == ["d"]
    assert read_number("X", default=7) == 7


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_X", " 12 ")
    assert read_text("X", default="d") == "12"
    assert read_number("X", default=7) == 12
    monkeypatch.setenv("MATRICULA_X", " a, b ,,c")
    assert read_list("X", default=[]) == ["a", "b", "c"]


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "1 2", "٣", "1e3"])
def test_what_is_no_number_ends_the_program_with_a_line(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRICULA_X", given)
    with pytest.raises(SystemExit) as left:
        read_number("X", default=7)
    assert left.value.code == f"matricula: MATRICULA_X is no whole number: {given!r}."


def test_in_production_django_has_nothing_to_say_against_them() -> None:
    given = {
        "MATRICULA_LMS_URL": "https://lms.example.org",
        "MATRICULA_PROXIES": "1",
        "MATRICULA_FRONT_END_ORIGINS": "https://portal.example.org/, https://console.example.org",
    }
    command = [sys.executable, "-W", "error", "-m", "django", "check", "--deploy"]
    ran = subprocess.run(
        [*command, "--fail-level", "WARNING", "--settings", "matricula.lms.config.settings"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "no issues" in ran.stdout
