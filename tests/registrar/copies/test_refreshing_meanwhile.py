"""Refreshing a copy while others do, and with a worker that dies of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic, sleep

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection

from matricula.registrar.copies.api import refresh_copy
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.kernel.api import pacing
from matricula.registrar.kernel.pacing import STEP
from matricula.registrar.partners.api import Program
from tests.registrar import given
from tests.registrar.copies.calling_lms import PROGRAM, CountingLms

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30.0
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class StopWork(Exception):
    """The test says that the worker is to stop."""


def refreshed(program: Program, *, steps: int = 0) -> Copy:
    at = given.NOW + timedelta(minutes=steps)
    return refresh_copy(program=program, kind=PROGRAM, by=given.OPERATOR, at=at)


def statuses() -> dict[str, str]:
    return dict(CopiedRow.objects.values_list("student_key", "status"))


def test_one_works_and_the_others_take_what_is_there(counting: CountingLms) -> None:
    program = given.program()
    counting.enroll("rv-1", "rv-2")
    standing, may_go = Event(), Event()

    def stand(_: int) -> None:
        standing.set()
        assert may_go.wait(PATIENCE)

    counting.before_rows = stand

    def act() -> tuple[int, str]:
        try:
            copy = refreshed(program)
            return copy.rows, copy.digest
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(act)
        assert standing.wait(PATIENCE)
        others = [pool.submit(act) for _ in range(2)]
        wait_for(2)
        may_go.set()
        assert {first.result()} == {each.result() for each in others}
    assert (counting.digests, len(counting.fetched)) == (1, 1)


def wait_for(count: int) -> None:
    deadline = monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone() == (count,):
                return
        assert monotonic() < deadline, "they never came to wait"
        sleep(0.01)


def test_whoever_dies_between_rows_leaves_the_copy_as_it_was(counting: CountingLms) -> None:
    program = given.program()
    counting.enroll(*(f"rv-{number}" for number in range(50)))
    before = refreshed(program)
    counting.enroll(*(f"rv-{number}" for number in range(50)), status="ended")
    counting.after_row = lambda number: die() if number == 25 else None

    with pytest.raises((OperationalError, InterfaceError, psycopg.Error)):
        refreshed(program, steps=1)
    connection.close()

    assert Copy.objects.get().digest == before.digest
    assert set(statuses().values()) == {"enrolled"}
    assert len(statuses()) == 50
    counting.after_row = lambda _: None
    refreshed(program, steps=1)  # nobody is locked out
    assert set(statuses().values()) == {"ended"}


def die() -> None:
    """Have the server lose the worker, as it does when it is killed."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_a_worker_that_is_to_stop_leaves_a_refresh_in_the_middle(counting: CountingLms) -> None:
    program = given.program()
    counting.enroll("rv-1")
    before = refreshed(program).digest
    counting.enroll(*(f"rv-{number}" for number in range(2_500)))
    seen: list[int] = []
    counting.after_row = seen.append

    def require_time() -> None:
        if seen:
            raise StopWork

    with pytest.raises(StopWork), pacing(require_time):
        refreshed(program, steps=1)
    assert len(seen) <= STEP
    assert Copy.objects.get().digest == before
    assert statuses() == {"rv-1": "enrolled"}
    assert refreshed(program, steps=2).rows == 2_500
