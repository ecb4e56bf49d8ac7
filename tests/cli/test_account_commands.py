"""`matricula account`."""

import re

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity, email_address
from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db

CREATE = ("account", "create", "mira", "--email", "mira@example.org")


def test_an_account_is_made() -> None:
    typed = matricula(*CREATE)
    assert (typed.status, typed.out, typed.err) == (0, "Account mira is made.\n", "")
    made = Account.objects.get()
    assert (made.username, made.email, made.is_staff) == ("mira", "mira@example.org", False)
    assert not made.has_usable_password()
    assert not Identity.objects.exists()


def test_a_verified_one_takes_up_what_waits_for_its_address() -> None:
    given.granted(email_address("Mira@Example.org"), run=given.course_run())
    typed = matricula(*CREATE, "--verified", "--staff", "--password", "correct horse 9", "--json")
    made = Account.objects.get()
    assert typed.status == 0
    assert typed.json == {"account": "mira", "uuid": str(made.uuid), "email": "bound"}
    assert Identity.objects.get().account_id == made.pk
    assert made.is_staff
    assert made.check_password("correct horse 9")


def test_json_of_one_that_is_not_verified_has_no_binding() -> None:
    assert matricula(*CREATE, "--json").json["email"] is None


def test_an_address_of_somebody_else_is_said_and_one() -> None:
    given.bound(email_address("mira@example.org"), given.account("noah"))
    typed = matricula(*CREATE, "--verified")
    assert typed.status == 1
    assert "identity conflicts" in typed.out
    assert Account.objects.filter(username="mira").exists()


def test_a_taken_username_is_one() -> None:
    given.account("MIRA")
    typed = matricula(*CREATE)
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == "matricula: Username 'MIRA' is in use.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("account", "create", "a b", "--email", "a@example.org"),
        ("account", "create", "mira", "--email", "nonsense"),
        ("account", "create", "mira", "--email", "a@example.org", "--password", "short"),
    ],
)
def test_what_cannot_be_an_account_is_two(words: tuple[str, ...]) -> None:
    typed = matricula(*words)
    assert (typed.status, typed.out) == (2, "")
    assert typed.err.startswith("matricula: ")
    assert not Account.objects.exists()


def test_an_address_that_cannot_be_proven_leaves_no_account() -> None:
    typed = matricula("account", "create", "mira", "--email", "", "--verified")
    assert typed.status == 2
    assert not Account.objects.exists()


def test_a_person_is_retired() -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    typed = matricula("account", "retire", "Mira", "--reason", "asked", "--json")
    assert typed.status == 0
    assert {kind: count for kind, count in typed.json["erased"].items() if count} == {
        "accounts": 1,
        "identities": 1,
    }
    assert "rv-1" not in str(read_all())


def test_retiring_is_said_in_words_without_names() -> None:
    given.account("mira")
    typed = matricula("account", "retire", "mira", "--reason", "asked")
    assert re.search(r"^accounts +1 *$", typed.out, re.MULTILINE)
    assert re.search(r"^grades +0 +results of a course run", typed.out, re.MULTILINE)
    assert "mira" not in typed.out


def test_retiring_again_is_said() -> None:
    mira = given.account("mira")
    given.retired(mira)
    mira.refresh_from_db()
    typed = matricula("account", "retire", mira.username, "--reason", "asked")
    assert (typed.status, typed.out) == (0, "The person was retired before; nothing changed.\n")


def test_two_accounts_of_a_person_become_one() -> None:
    given.account("mira")
    given.bound("rv-1", given.account("mira2"))
    typed = matricula("account", "merge", "mira2", "mira", "--reason", "both cards", "--json")
    assert (typed.status, typed.json["identities"]) == (0, 1)
    again = matricula("account", "merge", "mira2", "mira", "--reason", "both cards")
    assert again.out.startswith("They are one account now. Roles stay behind")


def test_merging_in_a_circle_is_refused() -> None:
    mira, other = given.account("mira"), given.account("mira2")
    given.merged(other, mira)
    typed = matricula("account", "merge", "mira", "mira2", "--reason", "both cards")
    assert typed.status == 1
    assert typed.err.startswith("matricula: Account ")


def test_retiring_without_a_reason_is_two() -> None:
    given.account("mira")
    assert matricula("account", "retire", "mira", "--reason", " ").status == 2
    assert Account.objects.get().retired_at is None


@pytest.mark.parametrize("email", ["", " "])
def test_an_account_somebody_types_has_an_address(email: str) -> None:
    typed = matricula("account", "create", "mira", "--email", email)
    assert (typed.status, typed.out) == (2, "")
    assert typed.err == "matricula: Account 'mira': email: the address is blank.\n"
    assert not Account.objects.exists()
