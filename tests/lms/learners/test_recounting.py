"""How an account came by its student keys."""

from datetime import timedelta

import pytest

from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.identities.api import email_address, rebind_identity, unbind_identity
from matricula.lms.learners.api import recount_bindings
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def mira() -> Account:
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


def test_a_key_has_the_history_of_its_bindings(mira: Account) -> None:
    noah = given.account("noah")
    name = given.key_of("rv-1")
    unbind_identity(name=name, by=given.OPERATOR, at=given.NOW + DAY, reason="why")
    rebind_identity(
        name=name, account_id=noah.pk, by=given.OPERATOR, at=given.NOW + 2 * DAY, reason="his"
    )
    assert recount_bindings(asked="mira", by=given.OPERATOR) == []
    [found] = recount_bindings(asked="noah", by=given.OPERATOR)
    assert (found.organization, found.value, found.via) == ("RiverU", "rv-1", "staff")
    assert found.bound_at == given.NOW + 2 * DAY
    assert [(each.since - given.NOW, each.via, each.is_theirs) for each in found.history] == [
        (2 * DAY, "staff", True),
        (DAY, None, False),
        (timedelta(), "sign_on", False),
    ]


def test_only_student_keys_of_schools_that_the_actor_reads_are_told(mira: Account) -> None:
    given.bound("lk-1", mira, school_key="LakeU")
    given.bound(email_address("mira@example.org"), mira)
    everything = recount_bindings(asked="mira@example.org", by=given.OPERATOR)
    assert [each.value for each in everything] == ["lk-1", "rv-1"]
    by = given.holder_of("read")
    assert [each.value for each in recount_bindings(asked="mira", by=by)] == ["rv-1"]
    stranger = given.holder_of("read", school_key="HillU", username="hill")
    with pytest.raises(UnknownAccount):
        recount_bindings(asked="mira", by=stranger)


def test_any_number_of_keys_takes_as_many_queries(mira: Account) -> None:
    few = count_statements(lambda: recount_bindings(asked="mira", by=given.OPERATOR))
    for n in range(10):
        given.bound(f"rv-1{n}", mira)
    many = count_statements(lambda: recount_bindings(asked="mira", by=given.OPERATOR))
    assert many == few == 3
