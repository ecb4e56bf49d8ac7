"""Making accounts, any number at once."""

import pytest

from matricula.lms.accounts.api import (
    Account,
    InvalidAccount,
    NewAccount,
    UsernameTaken,
    create_accounts,
)
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def create(*usernames: str, **more: str) -> list[Account]:
    accounts = [NewAccount(username=username, **{"email": "", **more}) for username in usernames]  # type: ignore[arg-type]
    return create_accounts(accounts=accounts, at=given.NOW)


def test_an_account_is_what_it_is_made_of() -> None:
    new = NewAccount(
        username=" mira ",
        email=" Mira@Example.org ",
        password="correct horse 9",
        name=" Mira Quist ",
        is_staff=True,
    )
    [made] = create_accounts(accounts=[new], at=given.NOW)
    made.refresh_from_db()
    assert (made.username, made.email, made.name) == ("mira", "Mira@Example.org", "Mira Quist")
    assert (made.is_staff, made.is_superuser, made.is_active) == (True, False, True)
    assert made.check_password("correct horse 9")
    assert (made.date_joined, made.retired_at, str(made)) == (given.NOW, None, "mira")


def test_without_a_password_nobody_can_sign_in_with_one() -> None:
    [made] = create("mira")
    assert not made.has_usable_password()
    assert not made.check_password("")


def test_many_are_returned_in_the_order_given() -> None:
    names = [f"s{n}" for n in range(50)]
    made = create(*reversed(names))
    assert [account.username for account in made] == names[::-1]
    assert len({account.uuid for account in made}) == 50


@pytest.mark.parametrize("taken", ["mira", "MIRA"])
def test_a_username_is_taken_in_any_letter_case(taken: str) -> None:
    given.account("mira")
    with pytest.raises(UsernameTaken):
        create("new", taken)
    assert not Account.objects.filter(username="new").exists()


def test_a_username_given_twice_is_taken() -> None:
    with pytest.raises(UsernameTaken):
        create("noah", "Noah")
    assert not Account.objects.exists()


def test_letter_case_beyond_ascii_does_not_count_either() -> None:
    given.account("zoë", email="z@example.org")
    with pytest.raises(UsernameTaken):
        create("ZOË")


@pytest.mark.parametrize("username", ["", "a b", "a/b", "a\x00", "<b>"])
def test_an_impossible_username_is_said(username: str) -> None:
    with pytest.raises(InvalidAccount):
        create(username)


def test_a_username_is_as_long_as_its_column() -> None:
    [made] = create("x" * 150)
    assert made.username == "x" * 150
    for length in (151, 160):
        with pytest.raises(InvalidAccount, match=r"username: .* 150 .*\(it has \d+\)"):
            create("y" * length)


def test_an_address_is_as_long_as_its_column() -> None:
    address = f"{'m' * 242}@example.org"
    [made] = create("mira", email=address)
    assert (made.email, len(address)) == (address, 254)
    with pytest.raises(InvalidAccount, match=r"email: .* 254 "):
        create("noah", email=f"m{address}")


@pytest.mark.parametrize(
    ("kept", "typed"), [("fiona", "\ufb01ona"), ("zo\u00eb", "zoe\u0308"), ("Mira", "\u3000Mira ")]
)
def test_two_spellings_are_one_username(kept: str, typed: str) -> None:
    assert create(typed)[0].username == kept
    for again in (kept, typed):
        with pytest.raises(UsernameTaken):
            create(again)


@pytest.mark.parametrize("email", ["nonsense", "a@", "a b@example.org", "a@x\x00.org"])
def test_an_impossible_address_is_said(email: str) -> None:
    with pytest.raises(InvalidAccount):
        create("mira", email=email)


@pytest.mark.parametrize("password", ["", "short", "12345678", "password", "mira-mira"])
def test_a_password_that_would_be_guessed_is_said(password: str) -> None:
    with pytest.raises(InvalidAccount):
        create("mira-mira", password=password)


def test_one_bad_account_holds_back_all() -> None:
    with pytest.raises(InvalidAccount):
        create("good", "a b")
    assert not Account.objects.exists()


def test_the_number_of_statements_does_not_depend_on_the_accounts() -> None:
    few = count_statements(lambda: create("a"))
    assert count_statements(lambda: create(*(f"s{n}" for n in range(100)))) == few == 4
    assert create() == []


@pytest.mark.parametrize("name", ["Mira\x1b[2J", "Mira\nQuist", "Mira\x00", "Mira\ud800"])
def test_a_name_with_control_characters_is_refused(name: str) -> None:
    with pytest.raises(InvalidAccount, match="name: it has control characters"):
        create("mira", name=name)
