"""Naming an identity from outside."""

from uuid import UUID

import pytest

from matricula.lms.identities.api import (
    IdentityName,
    InvalidName,
    Kind,
    account_itself,
    email_address,
    student_key,
)


def test_two_spellings_name_one_student() -> None:
    assert (
        student_key(" RV-1", organization_id=1).key == student_key("rv-1", organization_id=1).key
    )


def test_an_issuer_is_part_of_a_name() -> None:
    names = [
        student_key("a", organization_id=1),
        student_key("a", organization_id=2),
        email_address("a"),
    ]
    assert len({name.key for name in names}) == 3


def test_an_account_is_named_by_its_uuid() -> None:
    assert account_itself(UUID(int=1)).key == ("account", None, str(UUID(int=1)))


@pytest.mark.parametrize("value", ["", " ", "x" * 256, "a\x00", "a\ud800"])
def test_what_cannot_be_stored_is_refused(value: str) -> None:
    with pytest.raises(InvalidName, match=r"Not a possible email: the address (is|has) "):
        email_address(value).require_storable()


@pytest.mark.parametrize(
    "name",
    [
        IdentityName(Kind.STUDENT_KEY, "rv-1"),
        IdentityName(Kind.EMAIL, "mira@example.org", 1),
        IdentityName(Kind.ACCOUNT, str(UUID(int=1)), 1),
    ],
)
def test_student_keys_alone_have_an_organization(name: IdentityName) -> None:
    with pytest.raises(InvalidName, match="organization"):
        name.require_storable()


def test_what_can_be_stored_is_met_with_silence() -> None:
    for name in (
        student_key("a", organization_id=1),
        email_address("a"),
        account_itself(UUID(int=1)),
    ):
        name.require_storable()


def test_what_nobody_sees_around_a_name_is_not_kept() -> None:
    name = student_key("\ufeffRV-1\u200b", organization_id=1)
    assert (name.stored, name.folded) == ("RV-1", "rv-1")
    with pytest.raises(InvalidName, match="the student key has an invisible character"):
        student_key("RV\u200b-1", organization_id=1).require_storable()
