"""Secrets: given, kept, made; and never made where other hosts would make others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from matricula.lms.identities.api import Identity
from matricula.service.secrets import (
    SecretMissing,
    find_secret,
    keep_secret,
    read_secret,
    read_shared_secret,
)
from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import read_all

BOTH = pytest.mark.parametrize("read", [read_secret, read_shared_secret])
NAME = "RETIREMENT_KEY"
EXTERNAL = "postgresql://db.example/lms"

Read = Callable[[str], str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATRICULA_HOME", str(tmp_path))
    monkeypatch.delenv("MATRICULA_RETIREMENT_KEY", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def external(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", EXTERNAL)


def keep(home: Path, text: str) -> None:
    (home / "secrets").mkdir()
    (home / "secrets/retirement_key").write_text(text)


@BOTH
def test_a_missing_secret_is_made_once_and_closed_to_others(home: Path, read: Read) -> None:
    made = read(NAME)
    assert len(made) >= 48
    assert read(NAME) == made
    [file] = (home / "secrets").iterdir()
    assert (file.name, file.stat().st_mode & 0o077) == ("retirement_key", 0)


@BOTH
def test_what_is_given_goes_before_what_is_kept(
    home: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, "kept")
    monkeypatch.setenv("MATRICULA_RETIREMENT_KEY", " given\n")
    assert read(NAME) == "given"
    monkeypatch.setenv("MATRICULA_RETIREMENT_KEY", " ")
    assert read(NAME) == "kept"


@BOTH
def test_white_space_around_it_does_not_count(home: Path, read: Read) -> None:
    keep(home, " kept \n")
    assert read(NAME) == "kept"


@BOTH
@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_is_refused(home: Path, read: Read, text: str) -> None:
    keep(home, text)
    with pytest.raises(SecretMissing, match=r"retirement_key is empty"):
        read(NAME)


@pytest.mark.usefixtures("external")
def test_beside_a_server_of_others_a_shared_one_is_not_made(home: Path) -> None:
    with pytest.raises(SecretMissing, match="MATRICULA_RETIREMENT_KEY must be set"):
        read_shared_secret(NAME)
    assert list(home.iterdir()) == []
    keep(home, "put there\n")
    assert read_shared_secret(NAME) == "put there"


@pytest.mark.usefixtures("external")
def test_one_that_need_not_be_alike_is() -> None:
    assert read_secret("SECRET_KEY") == read_secret("SECRET_KEY")


def test_what_others_have_made_is_kept_instead_of_what_was_there(home: Path) -> None:
    for value in ("first", "second"):
        keep_secret(NAME, value)
        assert find_secret(NAME) == value
    (kept,) = (home / "secrets").iterdir()
    assert (kept.name, kept.stat().st_mode & 0o077) == ("retirement_key", 0)


@pytest.mark.django_db
def test_retiring_is_refused_without_it_and_all_else_is_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.bound("rv-1", given.account("mira"))
    before = read_all()
    monkeypatch.setattr("matricula.postgres.database_url", lambda: EXTERNAL)
    monkeypatch.setenv("DATABASE_URL", EXTERNAL)
    typed = matricula("account", "retire", "mira", "--reason", "asked")
    assert (typed.status, typed.out, typed.err.count("\n")) == (1, "", 1)
    assert typed.err.startswith("matricula: MATRICULA_RETIREMENT_KEY must be set: ")
    assert read_all() == before
    assert matricula("fsck").status == 0
    monkeypatch.setenv("MATRICULA_RETIREMENT_KEY", "one for all")
    assert str(settings.RETIREMENT_KEY) == "one for all"
    assert matricula("account", "retire", "mira", "--reason", "asked").status == 0
    assert Identity.objects.get().retired_at
