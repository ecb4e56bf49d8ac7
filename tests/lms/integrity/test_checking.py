"""Looking at every invariant, and saying what breaks it."""

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.integrity.api import INVARIANTS, check_integrity
from tests import given
from tests.lms.kernel.seeing import look, read_all, run

pytestmark = pytest.mark.django_db

CHANGED = "the-ledger-knows-the-present-of-identity"


def test_every_invariant_is_looked_at_and_nothing_is_written() -> None:
    given.enrolled("rv-1", program=given.program())
    before = read_all()
    findings = check_integrity(by=given.OPERATOR)
    assert [each.invariant for each in findings] == [each.name for each in INVARIANTS]
    assert {each.count for each in findings} == {0}
    assert read_all() == before


def test_a_finding_counts_the_rows_and_names_some() -> None:
    given.enrolled(*(f"rv-{n}" for n in range(12)), program=given.program())
    run("SET LOCAL session_replication_role = replica; UPDATE identity SET value = 'x' || value")
    [found] = [each for each in check_integrity(by=given.OPERATOR) if each.count]
    assert (found.invariant, found.subject, found.severity) == (CHANGED, "identity", "error")
    ids = {row_id for (row_id,) in look("SELECT id FROM identity")}
    assert (found.count, len(set(found.ids) & ids)) == (12, 10)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_looks_at_one_snapshot_and_cannot_write() -> None:
    given.enrolled("rv-1", program=given.program())
    assert not any(each.count for each in check_integrity(by=given.OPERATOR))


@pytest.mark.parametrize("role", ["read", "write", "support", "catalog"])
def test_no_role_may_check(role: str) -> None:
    with pytest.raises(PermissionMissing):
        check_integrity(by=given.holder_of(role, school_key=None))
