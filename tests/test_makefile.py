"""`make clean` removes what was made, and no secret that another database needs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"
MAKE = shutil.which("make") or "make"


@pytest.mark.parametrize(
    ("url", "left"),
    [("", set[str]()), ("postgresql://db.example/lms", {"var", "var/secrets", "var/secrets/key"})],
)
def test_cleaning_leaves_the_secrets_of_a_database_elsewhere(
    url: str, left: set[str], tmp_path: Path
) -> None:
    for name in ("var/secrets", "var/test", ".venv/bin", "src/matricula.egg-info"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("var/secrets/key", "var/bench.json", "src/kept.py"):
        (tmp_path / name).touch()
    environment = {**os.environ, "DATABASE_URL": url, "MAKEFLAGS": ""}
    cleaned = subprocess.run(
        [MAKE, "--file", str(MAKEFILE), "clean"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert found == {"src", "src/kept.py", *left}
    assert ("var/secrets stays" in cleaned.stdout) is bool(left)
