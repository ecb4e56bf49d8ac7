"""`matricula keys`."""

from pathlib import Path

import pytest

from matricula.lms.clients.api import SigningKey
from tests.cli.typing_in import matricula
from tests.lms.clients.forging import on_host

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    from matricula import postgres  # noqa: PLC0415  the server stays where it is

    monkeypatch.setenv("DATABASE_URL", postgres.database_url())
    with on_host(tmp_path, monkeypatch):
        yield


def rotate() -> str:
    return str(matricula("keys", "rotate", "--json").json["key_id"])


def test_keys_are_rotated_and_listed() -> None:
    first, second = rotate(), rotate()
    assert first != second
    newer, older = matricula("keys", "list", "--json").json["keys"]
    assert set(newer) == {"key_id", "made_at", "used_at", "retired_at"}
    assert (newer["key_id"], newer["retired_at"]) == (second, None)
    assert older["key_id"] == first
    assert older["retired_at"]
    told = matricula("keys", "list").out.splitlines()
    assert told[1].split()[::5] == [second, "signs"]
    assert told[2].split()[::5] == [first, "retired"]


def test_what_a_revoked_key_has_signed_is_void() -> None:
    key_id = rotate()
    assert matricula("keys", "revoke", key_id, "--json").json == {"revoked": key_id}
    assert matricula("keys", "list", "--json").json == {"keys": []}
    assert SigningKey.objects.get().revoked_at


def test_both_are_said_in_words_with_how_long_it_takes() -> None:
    key_id = rotate()
    assert matricula("keys", "rotate").out.startswith("Within 60 seconds this host signs with ")
    told = matricula("keys", "revoke", key_id).out
    assert told == f"Within 60 seconds what {key_id} has signed is void everywhere.\n"


def test_an_unknown_key_is_one() -> None:
    typed = matricula("keys", "revoke", "none")
    assert (typed.status, typed.err) == (1, "matricula: There is no signing key 'none'.\n")
