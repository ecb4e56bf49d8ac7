"""One school's provider process for all tests: it knows people with all sorts of claims."""

from collections.abc import Iterator

import pytest

from tests.signing_on import oidc_provider

PEOPLE = (
    {
        "sub": "s-mira",
        "student_id": "rv:0007/ä",
        "preferred_username": "mira",
        "name": "Mira Novak",
        "email": "mira@student.example.edu",
        "email_verified": True,
    },
    {"sub": "s-noor", "student_id": "RV:0007/Ä", "preferred_username": "noor"},
    {"sub": "s-nokey", "name": "Nobody Knows"},
    {"sub": "s-blank", "student_id": "   "},
    {"sub": "s-long", "student_id": "k" * 5000},
    {"sub": "s-control", "student_id": "a\u0000b\u200b"},
    {"sub": "s-number", "student_id": 42},
    {"sub": "s-list", "student_id": ["one", "two"]},
)


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    with oidc_provider(*PEOPLE) as found:
        yield found
