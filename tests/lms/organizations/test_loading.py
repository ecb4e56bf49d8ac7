"""Loading organizations as catalogs name them."""

from uuid import UUID

import pytest

from matricula.lms.organizations.api import (
    InvalidOrganization,
    Organization,
    OrganizationRecord,
    load_organizations,
)
from tests.lms.kernel.seeing import count_statements, read_all

pytestmark = pytest.mark.django_db

ONE, TWO = UUID(int=1), UUID(int=2)


def load(*records: OrganizationRecord) -> list[int]:
    return list(load_organizations(organizations=records).ids)


def record(key: str, uuid: UUID | None = None, name: str | None = None) -> OrganizationRecord:
    return OrganizationRecord(key=key, uuid=uuid, name=name)


def stored() -> list[tuple[str, UUID, str]]:
    return list(Organization.objects.order_by("key").values_list("key", "uuid", "name"))


def test_new_ones_are_made_and_known_ones_updated() -> None:
    [first] = load(record("RiverU", ONE, "River University"))
    loaded = load_organizations(
        organizations=[record("RiverU", ONE, "The River"), record("LakeU", TWO)]
    )
    assert loaded.ids[0] == first
    assert loaded.written_ids == set(loaded.ids)
    assert stored() == [("LakeU", TWO, ""), ("RiverU", ONE, "The River")]


def test_loading_again_writes_nothing() -> None:
    records = [record("RiverU", ONE, "River"), record("LakeU")]
    load(*records)
    before = read_all()["organization"]
    assert load_organizations(organizations=records).written_ids == frozenset()
    assert read_all()["organization"] == before


def test_one_without_a_uuid_is_found_by_its_key_in_any_letter_case() -> None:
    [first] = load(record("RiverU", ONE, "River"))
    assert load(record("RIVERU")) == [first]
    assert stored()[0][1:] == (ONE, "River")


def test_a_made_uuid_is_stable_and_gives_way_to_a_said_one() -> None:
    [first] = load(record("RiverU"))
    [(_, made, _)] = stored()
    assert load(record("RiverU", ONE)) == [first]
    assert stored()[0][1] == ONE
    Organization.objects.all().delete()
    load(record("RiverU"))
    assert stored()[0][1] == made


def test_a_renamed_key_is_the_same_organization() -> None:
    [first] = load(record("RiverU", ONE))
    assert load(record("DeltaU", ONE)) == [first]
    assert [key for key, _, _ in stored()] == ["DeltaU"]


def test_one_may_be_named_repeatedly() -> None:
    ids = load(record("RiverU"), record("riveru", ONE), record("RiverU", name="River"))
    assert len(set(ids)) == 1
    assert stored() == [("RiverU", ONE, "River")]


@pytest.mark.parametrize(
    "records",
    [
        [record(" ")],
        [record("RiverU", ONE), record("LakeU", ONE)],
        [record("RiverU", ONE), record("RIVERU", TWO)],
        [record("RiverU", name="a"), record("RiverU", name="b")],
    ],
)
def test_what_contradicts_itself_is_refused(records: list[OrganizationRecord]) -> None:
    with pytest.raises(InvalidOrganization):
        load(*records)
    assert stored() == []


def test_what_contradicts_the_stored_is_refused() -> None:
    load(record("RiverU", ONE), record("LakeU", TWO))
    before = stored()
    for each in (record("LakeU", ONE), record("RiverU", UUID(int=3))):
        with pytest.raises(InvalidOrganization):
            load(each)
    assert stored() == before


@pytest.mark.parametrize("count", [2, 50])
def test_it_takes_few_statements_however_many(count: int) -> None:
    records = [record(f"U{n}", UUID(int=n + 1)) for n in range(count)]
    load(*records[: count // 2])
    changed = [record(each.key, each.uuid, "named") for each in records]
    assert count_statements(lambda: load(*changed)) <= 3 + 2  # and a savepoint
