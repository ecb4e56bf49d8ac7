"""What is told of connecting a school by OpenID Connect is true: it is run, and then it works."""

from pathlib import Path

import pytest

from tests.cli.serving import installed, serving
from tests.how_to.test_by_command import PAGES, list_json, walk
from tests.sign_on_with_oidc.schooling import load_school
from tests.signing_on import Browser, oidc_provider, people


def test_a_school_is_connected_and_its_student_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        oidc_provider(*people("s-1")) as issuer,
        installed("matricula_connect_oidc", tmp_path / "home") as installation,
        serving(installation, tmp_path) as served,
    ):
        load_school(installation, tmp_path, keys=["key-s-1"])
        monkeypatch.setenv("ISSUER", issuer)
        monkeypatch.setenv("SCHOOL_SECRET", "a secret")
        monkeypatch.setenv("MATRICULA_LMS_URL", served.address)
        printed = walk("connect-a-school-by-oidc.md", installation, tmp_path)
        assert f"{served.address}/sign-on/riveru/callback/" in printed
        assert "a secret" not in printed

        browser = Browser(served.address)
        browser.go("/sign-on/riveru/")
        page = browser.submit(sub="s-1")

    assert page.url == f"{served.address}/dashboard"
    assert "Program one" in page.text


def test_keys_are_migrated_and_the_next_roster_finds_them(tmp_path: Path) -> None:
    with installed("matricula_migrate_keys", tmp_path / "home") as installation:
        printed = walk("migrate-student-keys.md", installation, tmp_path)
        ben = installation.run("learner", "show", "ben")
    assert (tmp_path / "plan.csv").read_text().splitlines()[1:] == [
        "hb-1,N:1,renamed,bound,unknown",
        "hb-2,N:2,renamed,waiting,unknown",
        "hb-3,N:3,joined,bound,waiting",
        "hb-9,N:9,unknown,unknown,unknown",
    ]
    (wanda,) = list_json(printed)
    assert [each["value"] for each in wanda["identities"] if each["kind"] == "student_key"] == [
        "N:1"
    ]
    assert len(ben["program_enrollments"]) == 2
    assert (PAGES / "resolve-a-conflict.md").exists()
