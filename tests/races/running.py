"""Acts on real connections: several at once, or one that stands still where it is told."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier, Event, Thread
from time import monotonic
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from matricula.lms.identities.api import Identity
from matricula.lms.integrity.api import check_integrity
from tests import given

T = TypeVar("T")
Act = Callable[[], T]

PATIENCE = 30.0
"""Seconds after which something that should have come has not."""

BLOCKED = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def at_once(*acts: Act[T]) -> list[T]:
    """Do all, each on its own connection, from one starting shot; an error in any is raised."""
    start = Barrier(len(acts))

    def run(act: Act[T]) -> T:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class Running(Generic[T]):
    """An act in a thread and on a connection of its own.

    With ``before`` or ``after`` it stands still at the first statement that contains those words;
    with ``before_commit`` when all is done but the commit. ``go`` lets it go on.
    """

    def __init__(
        self, act: Act[T], *, before: str = "", after: str = "", before_commit: bool = False
    ) -> None:
        self._act = act
        self._before, self._after, self._before_commit = before, after, before_commit
        self._known, self._standing, self._may_go = Event(), Event(), Event()
        self._ended = Event()
        self._outcome: list[T] = []
        self.error: BaseException | None = None
        self.pid = 0
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._known.wait(PATIENCE)
        if before or after or before_commit:
            self._expect(self._standing, "never came to where it was to stand still")

    def go(self) -> None:
        self._may_go.set()

    def result(self) -> T:
        """Let it go on, and return its answer or raise its error."""
        self.join()
        if self.error is not None:
            raise self.error
        return self._outcome[0]

    def join(self) -> None:
        self.go()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it never ended"

    def must_wait(self) -> None:
        """Come back once it waits for a lock that somebody else holds."""
        deadline = monotonic() + PATIENCE
        while monotonic() < deadline:
            if self._ended.wait(0.002):
                raise AssertionError("it did not wait") from self.error
            if _ask(BLOCKED, [self.pid]):
                return
        raise AssertionError("it neither waited nor ended")

    def must_end(self) -> T:
        """Return its answer although others hold what they hold."""
        self._expect(self._ended, "it waits")
        return self.result()

    def _expect(self, event: Event, otherwise: str) -> None:
        deadline = monotonic() + PATIENCE
        while not event.wait(0.01):
            if event is not self._ended and self._ended.is_set():
                raise AssertionError(otherwise) from self.error
            assert monotonic() < deadline, otherwise

    def _run(self) -> None:
        try:
            self.pid = _ask("SELECT pg_backend_pid()", [])
            self._known.set()
            with ExitStack() as stack:
                if self._before or self._after:
                    stack.enter_context(connection.execute_wrapper(self._watch))
                if self._before_commit:
                    stack.enter_context(transaction.atomic())
                outcome = self._act()
                if self._before_commit:
                    self._stand_still()
            self._outcome.append(outcome)
        except BaseException as error:  # noqa: BLE001  whoever asks for the result gets it
            self.error = error
        finally:
            connection.close()
            self._known.set()
            self._ended.set()

    def _watch(
        self,
        execute: Callable[[str, Any, bool, dict[str, Any]], Any],
        sql: str,
        params: Any,  # noqa: ANN401  Django's signature
        many: bool,  # noqa: FBT001
        context: dict[str, Any],
    ) -> Any:  # noqa: ANN401
        if self._before and self._before in sql:
            self._stand_still()
        answer = execute(sql, params, many, context)
        if self._after and self._after in sql:
            self._stand_still()
        return answer

    def _stand_still(self) -> None:
        if not self._may_go.is_set():
            self._standing.set()
            assert self._may_go.wait(PATIENCE), "nobody let it go on"


def kill(running: "Running[Any]") -> None:
    """End the connection of an act from outside, and come back once its backend is gone."""
    assert _ask("SELECT pg_terminate_backend(%s)", [running.pid])
    deadline = monotonic() + PATIENCE
    while _ask("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [running.pid]):
        assert monotonic() < deadline, "the backend did not end"


@contextmanager
def no_deadlocks() -> Iterator[None]:
    """The server's own count of deadlocks stays what it was."""
    before = _ask(DEADLOCKS, [])
    yield
    assert _ask(DEADLOCKS, []) == before


def require_whole() -> None:
    """Every invariant holds."""
    broken = [finding for finding in check_integrity(by=given.OPERATOR) if finding.count]
    assert not broken


def holders_of(names: Sequence[str], *, school_key: str = "RiverU") -> list[int | None]:
    """The accounts that hold these student keys, each of which is one identity."""
    wanted = [given.key_of(name, school_key=school_key) for name in names]
    found = {
        identity.folded: identity.account_id
        for identity in Identity.objects.filter(
            kind="student_key", organization=wanted[0].organization_id
        )
    }
    return [found[name.folded] for name in wanted]


def _ask(sql: str, params: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])
