"""Numbers of transactions go on, on whatever server the ledger is."""

import pytest
from django.db import transaction

from matricula.lms.changes.api import START, Change, Cursor, list_changes
from matricula.lms.ledger.api import continue_numbering, is_numbered_elsewhere
from tests import given
from tests.lms.kernel.seeing import look, run, wait_for_others
from tests.lms.ledger.restoring import IN_THE_FUTURE, lose_changes, restore_elsewhere

# The numbering is of transactions, so each test commits.
pytestmark = pytest.mark.django_db(transaction=True)

BEYOND_THE_CLOCK = 2**60


def follow(cursor: Cursor = START) -> tuple[list[str], Cursor]:
    """What is told of identities after a cursor, and the next cursor."""
    wait_for_others()
    page = list_changes(after=cursor, limit=1000, by=given.OPERATOR)
    assert page.is_end
    return [_value(change) for change in page.changes if change.subject == "identity"], (
        page.next_cursor
    )


def _value(change: Change) -> str:
    assert change.after is not None
    value: str = change.after["value"]
    return value


def numbering() -> list[tuple[object, ...]]:
    return look("SELECT * FROM ledger_numbering")


def test_who_follows_goes_on_after_a_restore() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    continue_numbering()
    given.enrolled("rv-2", program=program)
    told, cursor = follow()
    assert told == ["rv-1", "rv-2"]
    restore_elsewhere(counted_more=IN_THE_FUTURE)
    cursor = Cursor(cursor.transaction_id + IN_THE_FUTURE, cursor.change_id)
    continue_numbering()
    assert follow(cursor) == ([], cursor)
    given.enrolled("rv-3", program=program)
    told, later = follow(cursor)
    assert told == ["rv-3"]
    assert follow(later) == ([], later)
    assert follow()[0] == ["rv-1", "rv-2", "rv-3"]


@pytest.mark.parametrize("counted_more", [IN_THE_FUTURE, BEYOND_THE_CLOCK])
def test_so_it_does_if_the_ledger_was_never_numbered_before(counted_more: int) -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    restore_elsewhere(counted_more=counted_more)
    assert follow() == ([], START)
    assert is_numbered_elsewhere()
    continue_numbering()
    assert not is_numbered_elsewhere()
    told, cursor = follow()
    assert told == ["rv-1"]
    given.enrolled("rv-2", program=program)
    assert follow(cursor)[0] == ["rv-2"]


def test_who_has_read_what_was_written_after_the_dump_misses_nothing_either() -> None:
    program = given.program()
    continue_numbering()
    given.enrolled("rv-1", program=program)
    [(dumped,)] = look("SELECT max(id) FROM change")
    for number in range(5):
        given.enrolled(f"lost-{number}", program=program)
    cursor = follow()[1]
    lose_changes(after=dumped)
    restore_elsewhere()
    continue_numbering()
    given.enrolled("rv-2", program=program)
    assert follow(cursor)[0] == ["rv-2"]
    assert follow()[0] == ["rv-1", "rv-2"]


def test_nor_does_who_followed_another_restored_copy_of_the_same_dump() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    [(dumped,)] = look("SELECT max(id) FROM change")
    cursors = []
    for name in ("first-copy", "second-copy"):
        run("DELETE FROM ledger_numbering")
        continue_numbering()
        given.enrolled(name, program=program)
        cursors.append(follow()[1])
        lose_changes(after=dumped)
    assert cursors == sorted(cursors)
    assert len({cursor.transaction_id for cursor in cursors}) == 2


def test_on_the_same_server_it_does_nothing() -> None:
    continue_numbering()
    before = numbering()
    given.enrolled("rv-1", program=given.program())
    run("VACUUM (FULL, FREEZE) ledger_numbering")
    continue_numbering()
    assert numbering() == before


def test_a_restored_ledger_is_known_even_if_this_server_has_counted_more() -> None:
    continue_numbering()
    given.enrolled("rv-1", program=given.program())
    assert not is_numbered_elsewhere()
    restore_elsewhere()
    assert is_numbered_elsewhere()


@pytest.mark.parametrize("table", ["change", "change_set"])
def test_so_is_one_whose_rows_have_come_without_their_numbering(table: str) -> None:
    continue_numbering()
    given.enrolled("rv-1", program=given.program())
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        run(f"UPDATE {table} SET transaction_id = transaction_id + %s", IN_THE_FUTURE)
    assert is_numbered_elsewhere()
    continue_numbering()
    assert not is_numbered_elsewhere()


def test_who_writes_does_not_take_its_own_changes_for_anothers() -> None:
    with transaction.atomic():
        given.enrolled("rv-1", program=given.program())
        assert not is_numbered_elsewhere()


def test_a_change_has_the_number_of_its_change_set() -> None:
    program = given.program(runs=[given.course_run()])
    continue_numbering()
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=given.course_run())
    given.enrolled("rv-1", program=program, status="ended")
    assert (
        look(
            """
            SELECT c.id FROM change c JOIN change_set s ON s.id = c.change_set_id
            WHERE c.transaction_id <> s.transaction_id
            """
        )
        == []
    )
    assert look("SELECT count(DISTINCT transaction_id) FROM change") == [(3,)]
