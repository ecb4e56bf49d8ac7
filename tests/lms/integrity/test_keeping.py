"""What fsck has found is kept, for operators to see when the last look was."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.integrity.api import INVARIANTS, check_integrity, find_last_check, keep_check
from matricula.lms.integrity.keeping import KEPT
from matricula.lms.integrity.models import IntegrityCheck
from matricula.lms.integrity.tasks import check_daily
from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import run

pytestmark = pytest.mark.django_db


def test_the_command_keeps_what_it_finds() -> None:
    assert find_last_check(by=given.OPERATOR) is None
    given.enrolled("rv-1", program=given.program())
    run("SET LOCAL session_replication_role = replica; UPDATE identity SET value = 'x'")
    assert matricula("fsck").status == 1
    kept = find_last_check(by=given.OPERATOR)
    assert kept is not None
    assert (kept.checked, len(kept.broken)) == (len(INVARIANTS), 1)
    assert kept.broken[0].invariant == "the-ledger-knows-the-present-of-identity"
    assert kept.actor.startswith("operator:")


def test_a_worker_looks_every_day() -> None:
    check_daily(timestamp=0)
    kept = find_last_check(by=given.OPERATOR)
    assert kept is not None
    assert (kept.actor, kept.broken) == ("operator:worker", ())


def test_only_the_last_ones_are_kept() -> None:
    for number in range(KEPT + 2):
        at = given.NOW + timedelta(days=number)
        keep_check(findings=[], by=given.OPERATOR, began_at=at, at=at)
    assert IntegrityCheck.objects.count() == KEPT
    last = find_last_check(by=given.OPERATOR)
    assert last is not None
    assert last.ended_at == given.NOW + timedelta(days=KEPT + 1)


def test_whoever_runs_the_platform_may_look_and_support_may_not() -> None:
    assert check_integrity(by=given.holder_of("operator", school_key=None))
    with pytest.raises(PermissionMissing):
        find_last_check(by=given.holder_of("support", school_key=None, username="agent"))
