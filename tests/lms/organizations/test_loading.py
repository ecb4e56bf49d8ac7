from collections.abc import Sequence
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.organizations.api import (
    InvalidOrganization,
    Organization,
    OrganizationRecord,
    get_organization,
    load_organizations,
)

A, B = (UUID(f"00000000-0000-4000-8000-00000000000{number}") for number in (1, 2))


def record(key: str, *, uuid: UUID | None = None, name: str | None = None) -> OrganizationRecord:
    return OrganizationRecord(key=key, uuid=uuid, name=name)


def written(*records: OrganizationRecord) -> list[bool]:
    loaded = load_organizations(organizations=records)
    return [id_ in loaded.written_ids for id_ in loaded.ids]


@pytest.mark.django_db
def test_organizations_are_created_and_then_left_alone() -> None:
    given = [record("RiverU", uuid=A, name="River University"), record("HillU")]
    assert written(*given) == [True, True]
    with CaptureQueriesContext(connection) as queries:
        assert written(*given) == [False, False]
    assert len(queries) == 1
    stored = get_organization(key="riveru")
    assert (stored.uuid, stored.name) == (A, "River University")


@pytest.mark.django_db
def test_ids_come_in_the_order_given() -> None:
    loaded = load_organizations(organizations=[record("B"), record("A"), record("b")])
    keys = [Organization.objects.get(pk=id_).key for id_ in loaded.ids]
    assert keys == ["B", "A", "B"]


@pytest.mark.django_db
def test_what_is_not_said_stays() -> None:
    written(record("RiverU", uuid=A, name="River University"))
    assert written(record("RiverU", name=" ")) == [False]
    stored = get_organization(key="RiverU")
    assert (stored.uuid, stored.name) == (A, "River University")


@pytest.mark.django_db
def test_a_uuid_made_from_the_key_is_stable_and_gives_way_to_a_real_one() -> None:
    written(record("RiverU"))
    made = get_organization(key="RiverU")
    Organization.objects.all().delete()
    written(record("riveru"))
    assert get_organization(key="RiverU").uuid == made.uuid
    assert written(record("RiverU", uuid=A)) == [True]
    assert get_organization(key="RiverU").uuid == A


@pytest.mark.django_db
def test_an_organization_with_a_uuid_may_get_another_key() -> None:
    written(record("RiverU", uuid=A))
    written(record("River", uuid=A))
    assert get_organization(key="River").uuid == A
    assert Organization.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([record(" ")], "blank key"),
        ([record("R", uuid=A), record("r", uuid=B)], "'R' has two uuids"),
        ([record("R", name="x"), record("r", name="y")], "'R' has two names: x and y"),
        ([record("R", uuid=A), record("S", uuid=A)], "'R' and 'S' have one uuid"),
        ([record("Stored", uuid=A)], f"that of {B} already"),
        ([record("Stored", uuid=A), record("Other")], f"that of {B} already"),
    ],
)
def test_contradictions_are_refused(records: Sequence[OrganizationRecord], words: str) -> None:
    written(record("Stored", uuid=B))
    with pytest.raises(InvalidOrganization, match=words):
        written(*records)
