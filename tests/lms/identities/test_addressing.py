"""E-mail addresses: what one is, and whose."""

import pytest

from matricula.lms.identities.api import (
    email_address,
    find_address,
    list_retired_addresses,
    map_accounts_of_addresses,
)
from matricula.lms.kernel.api import Unavailable
from tests import given
from tests.lms.kernel.seeing import count_statements


@pytest.mark.parametrize("text", ["Mira@Example.org", " a+b@x.org ", "m@sub.example.org"])
def test_an_address_is_a_name(text: str) -> None:
    assert find_address(text) == email_address(text)


@pytest.mark.parametrize("text", ["", "mira", "@", "a@", "a b@x.org", "a@b@c.org", "a\x00@x.org"])
def test_other_texts_are_none(text: str) -> None:
    assert find_address(text) is None


@pytest.mark.django_db
def test_an_address_is_of_who_has_proven_it() -> None:
    mira = given.account("mira", email="mira@example.org")
    asked = ["MIRA@example.org", "noah@example.org", "a\x00@x.org"]
    assert map_accounts_of_addresses(addresses=asked) == {}
    given.bound(email_address("Mira@Example.org"), mira)
    assert map_accounts_of_addresses(addresses=asked) == {"mira@example.org": mira.pk}
    assert count_statements(lambda: map_accounts_of_addresses(addresses=asked)) == 1


@pytest.mark.django_db
def test_addresses_of_the_retired_are_known_by_their_hashes() -> None:
    mira = given.account("mira")
    given.bound(email_address("mira@example.org"), mira)
    given.bound(email_address("noah@example.org"), given.account("noah"))
    asked = ["Mira@example.org", "noah@example.org", "ada@example.org"]
    assert list_retired_addresses(addresses=asked) == frozenset()
    given.retired(mira)
    assert list_retired_addresses(addresses=asked) == {"mira@example.org"}


@pytest.mark.django_db
def test_without_the_key_of_the_hashes_nobody_is_retired(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise Unavailable("no key")

    monkeypatch.setattr("matricula.lms.identities.addressing.hash_name", refuse)
    assert list_retired_addresses(addresses=["mira@example.org"]) == frozenset()
