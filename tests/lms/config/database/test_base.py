"""Whether a connection still works is asked of the server only where something waits."""

import select

import psycopg
import pytest
from django.db import Error, close_old_connections, connection

from tests.lms.kernel.seeing import look, run

pytestmark = pytest.mark.django_db(transaction=True)

LAST = "SELECT query FROM pg_stat_activity WHERE pid = %s"


def begin_request() -> None:
    close_old_connections()
    connection.close_if_health_check_failed()


@pytest.fixture(autouse=True)
def connect_anew() -> None:
    """One that is older than a minute would be closed for its age, whatever it says."""
    connection.close()


def read_pid() -> int:
    pid: int = look("SELECT pg_backend_pid()")[0][0]
    return pid


def ask_from_elsewhere(statement: str, *params: int) -> str:
    with psycopg.connect(connection.connection.info.dsn) as other:
        row = other.execute(statement.encode(), params).fetchone()
    assert row is not None
    return str(row[0])


def wait_for_news() -> None:
    assert select.select([connection.connection.fileno()], [], [], 10)[0]


def test_a_quiet_connection_is_not_asked() -> None:
    pid = read_pid()
    begin_request()
    assert ask_from_elsewhere(LAST, pid) == "SELECT pg_backend_pid()"
    assert read_pid() == pid


def test_one_that_the_server_has_ended_is_made_anew() -> None:
    pid = read_pid()
    ask_from_elsewhere("SELECT pg_terminate_backend(%s, 5000)", pid)
    begin_request()
    assert read_pid() != pid


def test_one_that_has_something_to_say_is_asked_and_kept() -> None:
    pid = read_pid()
    run("LISTEN news")
    ask_from_elsewhere("SELECT pg_notify('news', '')")
    wait_for_news()
    begin_request()
    assert ask_from_elsewhere(LAST, pid) == "SELECT 1"
    assert read_pid() == pid


def test_one_that_was_closed_on_this_side_is_made_anew() -> None:
    pid = read_pid()
    connection.connection.close()
    begin_request()
    assert read_pid() != pid


def test_after_an_error_it_is_asked() -> None:
    pid = read_pid()
    with pytest.raises(Error):
        run("SELECT nothing_like_it")
    begin_request()
    assert ask_from_elsewhere(LAST, pid) == "SELECT 1"
