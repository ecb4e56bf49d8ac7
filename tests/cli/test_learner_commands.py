"""`matricula learner show`."""

from datetime import timedelta

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import keep_own_address
from matricula.lms.identities.api import account_itself, email_address
from tests import given
from tests.cli.typing_in import matricula

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mira() -> Account:
    """Mira proves on the second day that she is rv-1."""
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    made = given.account("mira")
    given.bound("rv-1", made, at=given.NOW + timedelta(days=1))
    given.granted(account_itself(made.uuid), run=run, is_active=False)
    return made


def test_a_learner_is_shown_as_promised() -> None:
    shown = matricula("learner", "show", "mira", "--json")
    assert (shown.status, shown.err) == (0, "")
    data = shown.json
    assert list(data) == ["account", "identities", "program_enrollments", "seats", "missing"]
    assert data["account"] == "mira"
    assert data["identities"][0] == {
        "kind": "student_key",
        "organization": "RiverU",
        "value": "rv-1",
        "bound": True,
    }
    assert set(data["program_enrollments"][0]) == {
        "program",
        "curriculum",
        "status",
        "student_key",
        "waiting",
        "basis",
    }
    [seat] = data["seats"]
    assert set(seat) == {"course_run", "mode", "is_active", "grants"}
    assert [set(grant) for grant in seat["grants"]] == [
        {"program", "status", "mode", "effective", "reason", "hindrances"}
    ] * 2


def test_what_is_missing_is_said(mira: Account) -> None:
    assert matricula("learner", "show", "mira", "--json").json["missing"] == []
    keep_own_address(account=mira, at=given.NOW)
    words = "Nobody has followed the link that was mailed to mira@example.org."
    shown = matricula("learner", "show", "mira", "--json").json["missing"]
    assert shown == [{"code": "address-unproven", "what": "mira@example.org", "detail": words}]
    assert "Missing" in matricula("learner", "show", "mira").out


def test_the_three_ways_of_asking_agree() -> None:
    given.bound(email_address("mira@example.org"), Account.objects.get())
    by_name = matricula("learner", "show", "MIRA", "--json")
    assert matricula("learner", "show", "--student", "riveru", "RV-1", "--json") == by_name
    assert matricula("learner", "show", "--email", "Mira@Example.org", "--json") == by_name


@pytest.fixture
def _years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The days of the tests are in the future of this machine."""
    later = given.NOW + timedelta(days=1000)
    monkeypatch.setattr("matricula.cli.learner_commands.now", lambda: later)


@pytest.mark.usefixtures("_years_later")
@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M:%S.%fZ",
    ],
)
def test_a_past_moment_is_shown(form: str) -> None:
    moment = (given.NOW + timedelta(hours=16)).strftime(form)
    shown = matricula(
        "learner", "show", "--student", "RiverU", "rv-1", "--as-of", moment, "--json"
    )
    assert (shown.status, shown.json["account"]) == (0, None)
    assert shown.json["program_enrollments"][0]["waiting"] is True
    later = (given.NOW + timedelta(days=2)).strftime(form)
    shown = matricula("learner", "show", "--student", "RiverU", "rv-1", "--as-of", later, "--json")
    assert shown.json["account"] == "mira"


def test_it_is_said_in_words_too() -> None:
    shown = matricula("learner", "show", "mira")
    assert shown.status == 0
    for words in (
        "Account: mira",
        "rv-1",
        "hydrology",
        "masters",
        "directly",
        "the course enrollment is inactive",
    ):
        assert words in shown.out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("nobody",), 1),
        (("--student", "RiverU", "rv-9"), 1),
        (("--student", "NowhereU", "rv-1"), 1),
        (("--email", "nobody@example.org"), 1),
        ((), 2),
        (("mira", "--email", "mira@example.org"), 2),
    ],
)
def test_who_is_not_found_is_one_and_an_unclear_question_two(
    words: tuple[str, ...], status: int
) -> None:
    typed = matricula("learner", "show", *words, "--json")
    assert (typed.status, typed.out) == (status, "")
    assert typed.err


@pytest.mark.usefixtures("_years_later")
def test_an_account_that_was_made_later_is_said() -> None:
    typed = matricula("learner", "show", "mira", "--as-of", "2031-01-09", "--json")
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == (
        "matricula: There was no account 'mira' then: it was made at 2031-01-10T09:00:00+00:00.\n"
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2032-01-01", "future"),
        ("yesterday", "2026-03-01T09:30:00Z"),
        ("0001-01-01T00:00+14:00", "no"),
    ],
)
def test_a_moment_that_cannot_be_asked_for_is_two(moment: str, words: str) -> None:
    typed = matricula("learner", "show", "mira", "--as-of", moment)
    assert (typed.status, typed.out) == (2, "")
    assert words in typed.err
