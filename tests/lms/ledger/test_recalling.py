"""Rows as they were at a past moment."""

from datetime import datetime, timedelta

import pytest

from matricula.lms.ledger.api import (
    list_deleted_rows,
    list_identities_once_of,
    list_rows_as_of,
    recorded,
)
from tests import given
from tests.lms.kernel.seeing import look, run

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def write(statement: str, at: datetime) -> None:
    with recorded(by=given.OPERATOR, at=at):
        run(statement)


@pytest.fixture
def row_id() -> int:
    """A name that is made, changed the next day, and deleted the day after that."""
    write("INSERT INTO identity (kind, value, folded) VALUES ('email', 'A', 'a')", given.NOW)
    found: int = look("SELECT id FROM identity")[0][0]
    write("UPDATE identity SET value = 'B'", given.NOW + DAY)
    write("DELETE FROM identity", given.NOW + 2 * DAY)
    return found


def value_at(row_id: int, moment: datetime) -> str | None:
    rows = list_rows_as_of(subject="identity", row_ids=[row_id], as_of=moment)
    return rows[0]["value"] if rows else None


def test_a_row_is_as_the_last_act_before_the_moment_left_it(row_id: int) -> None:
    hour = timedelta(hours=1)
    assert value_at(row_id, given.NOW + hour) == "A"
    assert value_at(row_id, given.NOW + DAY + hour) == "B"


def test_the_moment_itself_counts(row_id: int) -> None:
    assert value_at(row_id, given.NOW) == "A"
    assert value_at(row_id, given.NOW + DAY) == "B"


def test_before_it_was_made_and_after_it_was_deleted_there_is_no_row(row_id: int) -> None:
    assert value_at(row_id, given.NOW - timedelta(microseconds=1)) is None
    assert value_at(row_id, given.NOW + 2 * DAY) is None


def test_of_acts_at_one_moment_the_later_written_holds() -> None:
    write("INSERT INTO identity (kind, value, folded) VALUES ('email', 'A', 'a')", given.NOW)
    write("UPDATE identity SET value = 'B'", given.NOW)
    [(found,)] = look("SELECT id FROM identity")
    assert value_at(found, given.NOW) == "B"


def test_an_act_that_is_told_late_stands_where_it_says() -> None:
    write("INSERT INTO identity (kind, value, folded) VALUES ('email', 'A', 'a')", given.NOW)
    write("UPDATE identity SET value = 'C'", given.NOW + 2 * DAY)
    write("UPDATE identity SET value = 'B'", given.NOW + DAY)
    [(found,)] = look("SELECT id FROM identity")
    assert value_at(found, given.NOW + DAY) == "B"


def test_rows_of_another_table_are_not_meant(row_id: int) -> None:
    assert list_rows_as_of(subject="course_role", row_ids=[row_id], as_of=given.NOW) == []


def test_deleted_rows_are_found_by_what_they_said() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", program=program)
    ids = dict(
        look(
            "SELECT i.value, e.id FROM program_enrollment e"
            " JOIN identity i ON i.id = e.identity_id"
        )
    )
    [(identity_id,)] = look("SELECT id FROM identity WHERE value = 'rv-1'")
    write(f"DELETE FROM program_enrollment WHERE id = {ids['rv-1']}", given.NOW)
    for field, value in (("identity_id", identity_id), ("program_id", program.id)):
        found = list_deleted_rows(subject="program_enrollment", field=field, values=[value, -1])
        assert found == [ids["rv-1"]]
    assert list_deleted_rows(subject="program_enrollment", field="id", values=[-1]) == []


def test_identities_that_an_account_once_had_are_found() -> None:
    mira = given.account()
    given.bound("rv-1", mira)
    [(row,)] = look("SELECT id FROM identity")
    assert list_identities_once_of(account_id=mira.pk) == []
    write("UPDATE identity SET account_id = NULL, bound_at = NULL, bound_via = NULL", given.NOW)
    assert list_identities_once_of(account_id=mira.pk) == [row]
