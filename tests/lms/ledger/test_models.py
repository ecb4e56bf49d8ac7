"""Change sets and changes are written once, and changes by the triggers alone."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from matricula.lms.ledger.api import Change, ChangeSet, recorded
from tests import given
from tests.lms.kernel.seeing import count_rows, look, run

pytestmark = pytest.mark.django_db

BY_TRIGGERS = "written by the triggers of the ledger alone"
ONCE = "the ledger is written once"


@pytest.fixture(autouse=True)
def _world() -> None:
    given.enrolled("rv-1", program=given.program())


INSERT = """
INSERT INTO change (change_set_id, subject, row_id, after)
SELECT max(id), 'identity', 1, '{}' FROM change_set
"""


def test_a_change_names_its_row_and_its_change_set() -> None:
    change = Change.objects.filter(subject="program_enrollment").get()
    assert str(change) == (
        f"program_enrollment {change.row_id} in change set {change.change_set_id}, "
        f"number {change.pk}"
    )
    assert str(change.change_set).startswith("2031-01-10 09:00 operator:tester")


def save_again() -> None:
    Change.objects.order_by("pk")[0].save()


WRITES: dict[str, tuple[str, Callable[[], object]]] = {
    "insert": (BY_TRIGGERS, lambda: run(INSERT)),
    "create": (
        BY_TRIGGERS,
        lambda: Change.objects.create(change_set_id=1, subject="x", row_id=1, after={}),
    ),
    "update": (ONCE, lambda: run("UPDATE change SET row_id = 2")),
    "save": (ONCE, save_again),
    "delete": (ONCE, lambda: run("DELETE FROM change")),
    "queryset delete": (ONCE, Change.objects.all().delete),
    "update of a set": (ONCE, lambda: run("UPDATE change_set SET actor = 'somebody:else'")),
    "delete of a set": (ONCE, lambda: ChangeSet.objects.all().delete()),
}


@pytest.mark.parametrize("name", WRITES)
def test_nobody_writes_the_ledger_by_hand(name: str) -> None:
    message, write = WRITES[name]
    stored = count_rows()
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        write()
    assert count_rows() == stored


@pytest.mark.parametrize("name", ["insert", "update", "delete", "update of a set"])
def test_a_change_set_in_force_does_not_help(name: str) -> None:
    message, write = WRITES[name]
    with (
        pytest.raises(IntegrityError, match=message),
        transaction.atomic(),
        recorded(by=given.OPERATOR, at=given.NOW),
    ):
        write()


@pytest.mark.parametrize("table", ["change", "change_set"])
def test_even_an_erasure_deletes_nothing(table: str) -> None:
    with pytest.raises(IntegrityError, match=ONCE), transaction.atomic():
        run(f"SET LOCAL matricula.erasing = 'on'; DELETE FROM {table}")


def test_change_sets_stand_in_commit_order() -> None:
    numbers = look("SELECT transaction_id, id FROM change_set ORDER BY transaction_id, id")
    assert numbers == sorted(numbers)
