"""Finding organizations."""

import pytest

from matricula.lms.organizations.api import (
    UnknownOrganization,
    get_organization,
    list_organization_records,
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


def test_they_go_out_page_by_page_as_a_catalog_names_them() -> None:
    made = [given.school(key) for key in ("LakeU", "RiverU", "DeltaU")]
    pages = [list_organization_records(offset=offset, limit=2) for offset in (0, 2, 4)]
    assert [page.count for page in pages] == [3, 3, 3]
    found = [each for page in pages for each in page.organizations]
    assert [each.uuid for each in found] == sorted(each.uuid for each in made)
    assert {each.key: each.name for each in found} == {each.key: each.name for each in made}


def test_they_may_be_only_those_of_some_ids() -> None:
    lake, _ = given.school("LakeU"), given.school("RiverU")
    page = list_organization_records(ids=[lake.pk])
    assert (page.count, [each.key for each in page.organizations]) == (1, ["LakeU"])
    assert list_organization_records(ids=[]).count == 0
