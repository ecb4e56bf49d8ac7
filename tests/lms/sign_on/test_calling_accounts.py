from itertools import islice
from typing import Any

import pytest

from matricula.lms.sign_on.asserting import Asserted, as_key
from matricula.lms.sign_on.calling_accounts import propose_usernames
from tests import given


def first(**said: Any) -> str:  # noqa: ANN401  as Asserted has them
    return next(propose_usernames(Asserted(subject="s", student_key=None, **said)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "username"),
    [
        ({"username": "mira", "email": "m@x.org"}, "mira"),
        ({"username": "mira@river.example.edu"}, "mira"),
        ({"email": "mira.novak@x.org", "name": "Somebody"}, "mira.novak"),
        ({"name": "Mira  Novák"}, "Mira.Novák"),
        ({"username": "@@", "email": "", "name": " "}, "student"),
        ({"username": "a" * 500}, "a" * 100),
        ({"username": "a<script>\ud800b"}, "a.script.b"),
        ({}, "student"),
    ],
)
def test_a_username_is_made_of_what_the_school_says(said: dict[str, str], username: str) -> None:
    assert first(**said) == username


@pytest.mark.django_db
def test_who_has_the_name_already_is_left_alone() -> None:
    given.account("Mira")
    given.account("mira2", email="other@example.org")

    found = propose_usernames(Asserted(subject="s", student_key=None, username="mira"))
    names = list(islice(found, 25))

    assert names[0] == "mira3"
    assert len({name.lower() for name in names} & {"mira", "mira2"}) == 0


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (" rv-1\n", "rv-1"),
        ("a:b:c", "a:b:c"),
        (7, "7"),
        (["rv-1"], "rv-1"),
        (["rv-1", "rv-2"], None),
        ("", None),
        (None, None),
        (True, None),
        (1.5, None),
        ({"a": "b"}, None),
        ("a\0b", "a\x01b"),
    ],
)
def test_a_claim_is_a_key_or_none(said: object, key: str | None) -> None:
    assert as_key(said) == key
