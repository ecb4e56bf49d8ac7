"""`matricula role`."""

import pytest

from matricula.lms.access.api import RoleAssignment
from tests import given
from tests.cli.typing_in import matricula

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world() -> None:
    given.account("mira")
    given.school()


def held() -> list[tuple[str, str | None]]:
    return [
        (each.role, each.organization.key if each.organization else None)
        for each in RoleAssignment.objects.order_by("role", "organization__key")
    ]


def test_a_role_is_given_for_one_school_or_for_all() -> None:
    typed = matricula("role", "give", "Mira", "write", "--organization", "riveru")
    assert (typed.status, typed.out) == (0, "mira now has write riveru.\n")
    assert matricula("role", "give", "mira", "read").out == "mira now has read everywhere.\n"
    assert held() == [("read", None), ("write", "RiverU")]


def test_giving_it_again_changes_nothing() -> None:
    words = ("role", "give", "mira", "read", "--json")
    told = {"account": "mira", "role": "read", "organization": None}
    assert matricula(*words).json == {**told, "changed": True}
    assert matricula(*words).json == {**told, "changed": False}
    assert matricula(*words[:-1]).out == "mira has already read everywhere.\n"


def test_a_role_is_taken_where_it_was_given() -> None:
    matricula("role", "give", "mira", "read")
    matricula("role", "give", "mira", "read", "--organization", "RiverU")
    typed = matricula("role", "take", "mira", "read", "--organization", "RiverU")
    assert typed.out == "mira no longer has read RiverU.\n"
    assert held() == [("read", None)]
    assert (
        matricula("role", "take", "mira", "write").out == "mira did not have write everywhere.\n"
    )
    assert matricula("role", "take", "mira", "read", "--json").json["changed"]
    assert held() == []


def test_roles_are_listed() -> None:
    matricula("role", "give", "mira", "support")
    matricula("role", "give", "mira", "write", "--organization", "RiverU")
    assert matricula("role", "list", "mira", "--json").json == {
        "account": "mira",
        "roles": [
            {"role": "write", "organization": "RiverU"},
            {"role": "support", "organization": None},
        ],
    }
    assert "everywhere" in matricula("role", "list", "mira").out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("give", "nobody", "read"), 1),
        (("give", "mira", "read", "--organization", "Nowhere"), 1),
        (("give", "mira", "emperor"), 2),
        (("give", "mira"), 2),
        (("take", "nobody", "read"), 1),
        (("list", "nobody"), 1),
    ],
)
def test_what_is_unknown_is_said(words: tuple[str, ...], status: int) -> None:
    typed = matricula("role", *words)
    assert (typed.status, typed.out) == (status, "")
    assert typed.err
    assert held() == []
