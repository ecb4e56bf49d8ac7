"""Running several services in one terminal: they start together, and stop together."""

import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from matricula.cli.showing import ERR, seen_from_here

Words = Sequence[str]
Process = subprocess.Popen[bytes]

STOPPED_BY = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 20
LAST_LINES = 12
"""Of its log, so many are shown when a service ends by itself."""


def run_together(
    services: Mapping[str, Words],
    *,
    ports: Sequence[int],
    logs: Path,
    when_listening: Callable[[], None],
) -> int:
    """Run commands of ours until one ends or we are told to stop; return the exit status.

    What each says goes to a file of its name in ``logs``; that of an earlier run is replaced.
    ``when_listening`` is called once somebody listens at each port. All have ended when this
    returns: stopping is asked for first, and after a while insisted on.
    """
    logs.mkdir(parents=True, exist_ok=True)
    running: dict[str, Process] = {}
    asked_to_stop: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        asked_to_stop.append(number)
        _end(list(running.values()))

    earlier = {number: signal.signal(number, stop) for number in STOPPED_BY}
    try:
        for name, words in services.items():
            running[name] = _start(words, log=_log(logs, name))
        ended = _wait_for_first(running, ports, asked_to_stop, when_listening)
        status = running[ended].returncode
    finally:
        _end(list(running.values()))
        for process in running.values():
            _wait_or_kill(process)
        for number, handler in earlier.items():
            signal.signal(number, handler)
    if asked_to_stop:
        return 0
    _tell_end(ended, status, log=_log(logs, ended))
    return status or 1


def _log(folder: Path, name: str) -> Path:
    return folder / f"{name}.log"


def _start(words: Words, *, log: Path) -> Process:
    command = [sys.executable, "-m", "matricula.cli", *words]
    with log.open("wb") as told:
        return subprocess.Popen(  # noqa: S603  our own command
            command,
            stdout=told,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches the whole group of a terminal: each would stop twice.
            start_new_session=True,
        )


def _wait_for_first(
    running: Mapping[str, Process],
    ports: Sequence[int],
    asked_to_stop: Sequence[int],
    when_listening: Callable[[], None],
) -> str:
    """Return which has ended first."""
    is_listening = False
    while True:
        for name, process in running.items():
            if asked_to_stop:  # one that has begun since is told here
                _end([process])
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
                return name
        if not is_listening and all(map(_listens, ports)):
            is_listening = True
            when_listening()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _tell_end(name: str, status: int, *, log: Path) -> None:
    """Say which has ended by itself, and show what it said last."""
    ERR.print(
        f"\n{name} has ended (exit status {status}), and so all have. "
        f"The end of {seen_from_here(log)}:",
        markup=False,
    )
    with log.open(errors="replace") as lines:
        for line in deque(lines, maxlen=LAST_LINES):
            ERR.print(f"  {line.rstrip()}", markup=False)


def _end(processes: Iterable[Process]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()


def _wait_or_kill(process: Process) -> None:
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
