"""`matricula sso`."""

import csv
from pathlib import Path

import pytest

from matricula.lms.identities.api import Identity
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.sealing import unseal
from tests import given
from tests.cli.typing_in import Typed, matricula

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world() -> None:
    given.school()


def added(*more: str, slug: str = "riveru") -> Typed:
    return matricula(
        *("sso", "add-oidc", slug, "--organization", "riveru", "--title", "River University"),
        *("--issuer", "https://id.river.example.edu", "--client-id", "matricula"),
        *("--claim", "student_id", *more),
    )


def test_a_provider_is_added_and_what_to_register_there_is_said(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret\n")

    typed = added("--client-secret-file", str(secret))

    assert typed.status == 0, typed.err
    assert "http://127.0.0.1:8000/sign-on/riveru/callback/" in typed.out
    assert "a secret" not in typed.out
    assert unseal(Provider.objects.get().sealed_secret) == "a secret"


def test_it_is_listed_and_shown_in_words_and_as_json() -> None:
    added()

    assert "River University" in matricula("sso", "list").out
    (listed,) = matricula("sso", "list", "--json").json["providers"]
    shown = matricula("sso", "show", "riveru", "--json").json
    assert shown["provider"] == listed
    assert "secret" not in {*listed} - {"has_secret"}


def test_it_is_switched_off_and_on_and_tried_out() -> None:
    added("--test")

    assert "on, in test mode" in matricula("sso", "show", "riveru").out
    assert "state:           on\n" in matricula("sso", "test-mode", "riveru", "--off").out
    assert "state:           off" in matricula("sso", "switch-off", "riveru").out
    assert matricula("sso", "switch-on", "riveru", "--json").json["provider"]["is_on"]


def test_it_is_removed_while_nobody_uses_it() -> None:
    added()

    assert matricula("sso", "remove", "riveru").out == "Provider riveru is gone.\n"
    typed = matricula("sso", "remove", "riveru")
    assert (typed.status, "There is no provider" in typed.err) == (1, True)


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "secret"
    empty.write_text("\n")

    typed = added("--client-secret-file", str(empty))

    assert typed.status == 2
    assert "There is nothing in" in typed.err
    assert not Provider.objects.exists()


def test_keys_are_planned_then_migrated(tmp_path: Path) -> None:
    given.enrolled("old-1", program=given.program())
    file, result = tmp_path / "keys.csv", tmp_path / "result.csv"
    file.write_text("old_key,new_key\nold-1,new:1\nold-2,new:2\n")
    words = ("sso", "migrate-keys", str(file), "--organization", "RiverU")

    planned = matricula(*words)
    assert "Nothing was written" in planned.out
    assert "1  renamed: all that is the old key's is the new key's" in planned.out
    assert Identity.objects.get().value == "old-1"

    done = matricula(*words, "--apply", "--result", str(result), "--json")
    assert done.json["counts"] == {"renamed": 1, "unknown": 1}
    assert Identity.objects.get().value == "new:1"
    assert list(csv.reader(result.read_text().splitlines()))[1] == [
        "old-1",
        "new:1",
        "renamed",
        "waiting",
        "unknown",
    ]


@pytest.mark.parametrize("text", ["", "key,new\na,b\n", "old_key,new_key\na\n"])
def test_a_file_that_is_no_list_of_keys_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.csv"
    file.write_text(text)

    assert matricula("sso", "migrate-keys", str(file), "--organization", "RiverU").status == 2


def test_a_row_that_is_refused_is_told_by_the_exit_status(tmp_path: Path) -> None:
    file = tmp_path / "keys.csv"
    file.write_text("old_key,new_key\nsame,same\n")

    typed = matricula("sso", "migrate-keys", str(file), "--organization", "RiverU", "--apply")

    assert typed.status == 1
    assert "1  invalid" in typed.out
