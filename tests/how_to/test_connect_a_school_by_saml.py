"""What is told of connecting a school by SAML is true: its blocks are run, and then it works."""

from pathlib import Path

from tests.cli.serving import installed, serving
from tests.how_to.test_by_command import walk
from tests.sign_on_with_oidc.schooling import load_school
from tests.sign_on_with_saml.starting import saml_provider
from tests.signing_on import Browser


def test_a_school_is_connected_and_its_student_comes_in(tmp_path: Path) -> None:
    with (
        saml_provider(tmp_path / "river") as river,
        installed("matricula_connect_saml", tmp_path / "home") as installation,
        serving(installation, tmp_path) as served,
    ):
        load_school(installation, tmp_path, keys=["rv-1"])
        variables = {"LMS": served.address, "MATRICULA_LMS_URL": served.address}
        printed = walk(
            "connect-a-school-by-saml.md",
            installation,
            tmp_path,
            SCHOOL_METADATA=river.metadata,
            **variables,
        )
        assert f"{served.address}/sign-on/riveru/acs/" in printed
        assert "0 new certificates, 0 gone, 1 as before." in printed

        river.trust("riveru", (tmp_path / "for-the-school.xml").read_text())
        browser = Browser(served.address)
        browser.go("/sign-on/riveru/")
        browser.submit(action="/sso", key="rv-1", name="First Student")
        page = browser.submit(action="/acs/")

    assert "Program one" in page.text, page.text
