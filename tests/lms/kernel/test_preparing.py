"""Statements are planned once for a connection, and may travel together."""

import psycopg
import pytest
from django.db import DataError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from matricula.lms.kernel.api import prepared_cursor, sent_together
from tests.lms.kernel.seeing import look

pytestmark = pytest.mark.django_db

ADD = "SELECT %s::int + 1 AS tried"
PLANS = """
SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%%AS tried'
"""


def add(number: int) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(ADD, [number])
        sum_: int = cursor.fetchone()[0]
        return sum_


def test_a_statement_is_prepared_the_first_time() -> None:
    assert [add(1), add(2), add(3)] == [2, 3, 4]
    assert look(PLANS) == [(3,)]


def test_none_is_where_the_settings_forbid_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    assert add(1) == 2
    assert look(PLANS) == []


def test_statements_are_logged_like_all_others() -> None:
    with CaptureQueriesContext(connection) as captured:
        add(1)
    assert [query["sql"] for query in captured] == ["SELECT $1::int + 1 AS tried"]


def test_what_is_sent_together_is_answered_one_after_the_other() -> None:
    with prepared_cursor() as first, prepared_cursor() as second:
        with sent_together():
            first.execute(ADD, [1])
            second.execute(ADD, [2])
        assert (first.fetchone(), second.fetchone()) == ((2,), (3,))


def divide_between_two_tables(by: int) -> None:
    with transaction.atomic(), prepared_cursor() as cursor, sent_together():
        cursor.execute("CREATE TEMPORARY TABLE made_before (n int)")
        cursor.execute("SELECT 1 / %s::int", [by])
        cursor.execute("CREATE TEMPORARY TABLE made_after (n int)")


def test_what_is_refused_is_raised_and_nothing_after_it_is_carried_out() -> None:
    with pytest.raises(DataError, match="division by zero"):
        divide_between_two_tables(by=0)
    made = "SELECT count(*) FROM pg_class WHERE starts_with(relname, 'made_')"
    assert look(made) == [(0,)]
    divide_between_two_tables(by=1)
    assert look(made) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_has_ended_is_made_anew() -> None:
    ((ours,),) = look("SELECT pg_backend_pid()")
    with psycopg.connect(connection.connection.info.dsn) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
    close_old_connections()  # as before every request
    assert add(1) == 2
