"""Running services together, of which one cannot run."""

from pathlib import Path

import pytest

from matricula.cli.running import run_together
from matricula.cli.showing import seen_from_here


def test_what_a_service_says_is_in_its_log_and_its_end_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run_together(
        {"broken": ["no-such-command"]},
        ports=[],
        logs=tmp_path / "logs",
        when_listening=lambda: None,
    )
    out, err = capsys.readouterr()
    log = tmp_path / "logs" / "broken.log"
    assert (status, out) == (2, "")
    assert "no-such-command" in log.read_text()
    assert "broken has ended (exit status 2), and so all have." in err
    assert f"The end of {seen_from_here(log)}:" in err
    assert "No such command 'no-such-command'." in err
