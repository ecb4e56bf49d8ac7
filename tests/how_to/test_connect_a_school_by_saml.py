"""What is told of connecting a school by SAML is true: its blocks are run, and then it works."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.cli.serving import COMMAND, installed, serving
from tests.sign_on_with_oidc.schooling import load_school
from tests.sign_on_with_saml.starting import saml_provider
from tests.signing_on import Browser

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "connect-a-school-by-saml.md"


def test_a_school_is_connected_and_its_student_comes_in(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    with (
        saml_provider(tmp_path / "river") as river,
        installed("matricula_connect_saml", tmp_path / "home") as installation,
        serving(installation, tmp_path) as served,
    ):
        load_school(installation, tmp_path, keys=["rv-1"])
        ran = subprocess.run(
            [shutil.which("bash") or "bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
            cwd=tmp_path,
            env={
                **installation.environment,
                "PATH": f"{COMMAND.parent}:{os.environ['PATH']}",
                "LMS": served.address,
                "MATRICULA_LMS_URL": served.address,
                "SCHOOL_METADATA": river.metadata,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr + ran.stdout
        assert f"{served.address}/sign-on/riveru/acs/" in ran.stdout
        assert "0 new certificates, 0 gone, 1 as before." in ran.stdout

        river.trust("riveru", (tmp_path / "for-the-school.xml").read_text())
        browser = Browser(served.address)
        browser.go("/sign-on/riveru/")
        browser.submit(action="/sso", key="rv-1", name="First Student")
        page = browser.submit(action="/acs/")

    assert "Program one" in page.text, page.text
