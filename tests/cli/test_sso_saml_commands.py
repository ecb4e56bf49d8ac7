"""`matricula sso add-saml` and what is told of SAML providers."""

from pathlib import Path

import pytest

from matricula.lms.sign_on.models import Provider
from tests import given
from tests.cli.typing_in import Typed, matricula
from tests.sign_on_with_saml.school import KEY_ATTRIBUTE, School

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    return School(tmp_path_factory.mktemp("school"))


@pytest.fixture
def metadata(school: School, tmp_path: Path) -> str:
    given.school()
    file = tmp_path / "metadata.xml"
    file.write_text(school.metadata)
    return str(file)


def added(metadata: str, *more: str) -> Typed:
    return matricula(
        *("sso", "add-saml", "riveru", "--organization", "riveru", "--title", "River University"),
        *("--metadata", metadata, "--attribute", KEY_ATTRIBUTE, *more),
    )


def test_a_provider_is_added_and_what_to_register_there_is_said(
    metadata: str, school: School
) -> None:
    typed = added(metadata)

    assert typed.status == 0, typed.err
    assert school.entity_id in typed.out
    for path in ("metadata/", "acs/"):
        assert f"http://127.0.0.1:8000/sign-on/riveru/{path}" in typed.out


def test_it_is_shown_in_words_and_as_json(metadata: str) -> None:
    entered = added(metadata, "--test", "--json").json

    shown = matricula("sso", "show", "riveru", "--json").json
    assert shown == entered
    assert shown["acs"] == "http://127.0.0.1:8000/sign-on/riveru/acs/"
    words = matricula("sso", "show", "riveru").out
    assert "on, in test mode" in words
    assert "redirect URI" not in words


def test_answers_that_nobody_asked_for_are_taken_if_it_is_said(metadata: str) -> None:
    added(metadata, "--from-portal")

    assert Provider.objects.get().metadata["takes_unasked"]


def test_metadata_is_read_again_from_a_file(metadata: str, tmp_path: Path) -> None:
    added(metadata)
    other = tmp_path / "other.xml"
    other.write_text(School(tmp_path / "other").metadata)

    typed = matricula("sso", "refresh-metadata", "riveru", "--metadata", str(other))

    assert typed.out.splitlines() == ["1 new certificates, 1 gone, 0 as before."]


def test_what_cannot_be_used_is_said_in_words(metadata: str, tmp_path: Path) -> None:
    missing = added(str(tmp_path / "nowhere.xml"))
    unsafe = added("http://idp.river.example/metadata")
    added(metadata)
    again = matricula("sso", "refresh-metadata", "riveru")

    assert [each.status for each in (missing, unsafe, again)] == [2, 2, 2]
    assert "cannot be read" in missing.err
    assert "https" in unsafe.err
    assert "came as a file" in again.err
