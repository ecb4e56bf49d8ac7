"""Finding organizations."""

import pytest

from matricula.lms.organizations.api import (
    UnknownOrganization,
    get_organization,
    list_organizations,
)
from tests import given

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["RiverU", "riveru", " RIVERU "])
def test_an_organization_is_found_in_any_letter_case(key: str) -> None:
    river = given.school("RiverU")
    assert get_organization(key=key) == river


def test_an_unknown_one_is_refused() -> None:
    given.school("RiverU")
    for key in ("NowhereU", "", "River", "%"):
        with pytest.raises(UnknownOrganization):
            get_organization(key=key)


def test_all_are_listed_by_key() -> None:
    made = [given.school(key) for key in ("LakeU", "RiverU", "DeltaU")]
    assert list_organizations() == [made[2], made[0], made[1]]
    assert str(made[0]) == "LakeU"
