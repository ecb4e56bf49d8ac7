"""`matricula identity`."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity, list_conflicts
from matricula.lms.ledger.api import Change
from tests import given
from tests.cli.typing_in import matricula

pytestmark = pytest.mark.django_db

WHY = ("--reason", "showed her card")


@pytest.fixture(autouse=True)
def mira() -> Account:
    """rv-1 waits; Mira and Noah have accounts."""
    given.enrolled("rv-1", program=given.program())
    given.account("noah")
    return given.account("mira")


def holder() -> str | None:
    account = Identity.objects.get(value="rv-1").account
    return account.username if account else None


def test_a_student_key_is_bound() -> None:
    typed = matricula("identity", "bind", "riveru", "RV-1", "mira", *WHY)
    assert (typed.status, typed.out, typed.err) == (0, "Bound to mira.\n", "")
    assert holder() == "mira"


def test_the_answer_in_json_names_the_holder(mira: Account) -> None:
    bind = ("identity", "bind", "RiverU", "rv-1")
    assert matricula(*bind, "mira", *WHY, "--json").json == {"outcome": "bound", "account": "mira"}
    again = matricula(*bind, "mira", *WHY, "--json")
    assert (again.status, again.json) == (0, {"outcome": "already", "account": "mira"})
    refused = matricula(*bind, "noah", *WHY, "--json")
    assert (refused.status, refused.json) == (1, {"outcome": "refused", "account": "mira"})
    assert holder() == "mira"


def test_a_refused_one_is_said_in_words(mira: Account) -> None:
    given.bound("rv-1", mira)
    typed = matricula("identity", "bind", "RiverU", "rv-1", "noah", *WHY)
    assert typed.status == 1
    assert typed.out.startswith("Refused: it is mira's.")


def test_a_student_key_is_moved(mira: Account) -> None:
    given.bound("rv-1", mira)
    typed = matricula("identity", "rebind", "RiverU", "rv-1", "noah", *WHY, "--json")
    assert (typed.status, typed.json) == (0, {"account": "noah", "former": "mira"})
    assert holder() == "noah"
    words = matricula("identity", "rebind", "RiverU", "rv-1", "mira", *WHY).out
    assert words == "It is mira's now; it was noah's.\n"


def test_a_student_key_is_unbound(mira: Account) -> None:
    given.bound("rv-1", mira)
    typed = matricula("identity", "unbind", "RiverU", "rv-1", *WHY, "--json")
    assert (typed.status, typed.json) == (0, {"former": "mira"})
    assert holder() is None
    again = matricula("identity", "unbind", "RiverU", "rv-1", *WHY)
    assert (again.status, again.out) == (1, "")
    assert again.err == "matricula: The identity is not bound to any account.\n"


def test_a_student_key_is_shown(mira: Account) -> None:
    shown = matricula("identity", "show", "RiverU", "RV-1", "--json")
    assert (shown.status, shown.json) == (
        0,
        {
            "organization": "RiverU",
            "student_key": "rv-1",
            "account": None,
            "bound_at": None,
            "bound_via": None,
            "waiting": True,
        },
    )
    given.bound("rv-1", mira)
    shown = matricula("identity", "show", "RiverU", "rv-1", "--json")
    assert (shown.json["account"], shown.json["bound_via"]) == ("mira", "sign_on")
    assert shown.json["waiting"] is False
    assert "mira" in matricula("identity", "show", "RiverU", "rv-1").out


def test_conflicts_are_listed_and_resolved(mira: Account) -> None:
    assert matricula("identity", "conflicts").out == "No open conflicts.\n"
    assert matricula("identity", "conflicts", "--json").json == {"conflicts": []}
    given.bound("rv-1", mira)
    given.bound("rv-1", Account.objects.get(username="noah"))
    [conflict] = matricula("identity", "conflicts", "--json").json["conflicts"]
    assert (conflict["value"], conflict["holder"], conflict["claimant"]) == (
        "rv-1",
        "mira",
        "noah",
    )
    assert "noah" in matricula("identity", "conflicts").out
    typed = matricula("identity", "resolve", str(conflict["id"]), "--rebind", *WHY)
    assert (typed.status, typed.out) == (0, "Moved to the claimant.\n")
    assert holder() == "noah"
    assert list_conflicts(by=given.OPERATOR) == []
    assert matricula("identity", "resolve", str(conflict["id"]), "--keep", *WHY).status == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("bind", "NowhereU", "rv-1", "mira", *WHY), 1),
        (("bind", "RiverU", "rv-1", "nobody", *WHY), 1),
        (("unbind", "RiverU", "rv-9", *WHY), 1),
        (("show", "RiverU", "rv-9"), 1),
        (("bind", "RiverU", " ", "mira", *WHY), 2),
        (("bind", "RiverU", "x" * 256, "mira", *WHY), 2),
        (("bind", "RiverU", "rv-1", "mira", "--reason", " "), 2),
        (("rebind", "RiverU", "rv-1", "mira", "--reason", ""), 2),
    ],
)
def test_what_is_not_found_is_one_and_what_cannot_be_is_two(
    words: tuple[str, ...], status: int
) -> None:
    typed = matricula("identity", *words)
    assert (typed.status, typed.out) == (status, "")
    assert typed.err.startswith("matricula: ")
    assert typed.err.count("\n") == 1


def test_moving_it_to_its_holder_says_so_and_changes_nothing(mira: Account) -> None:
    given.bound("rv-1", mira)
    before = Identity.objects.values().get(), Change.objects.count()
    typed = matricula("identity", "rebind", "RiverU", "rv-1", "mira", *WHY)
    assert (typed.status, typed.out) == (0, "It is mira's already.\n")
    assert (Identity.objects.values().get(), Change.objects.count()) == before


@pytest.mark.parametrize("reason", ["a\x1b[2J", "x" * 2001])
def test_a_reason_that_cannot_be_kept_is_two(reason: str) -> None:
    typed = matricula("identity", "bind", "RiverU", "rv-1", "mira", "--reason", reason)
    assert (typed.status, typed.out) == (2, "")
    assert typed.err.startswith("matricula: The reason has ")
    assert holder() is None
