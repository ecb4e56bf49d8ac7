"""Running several services in one terminal: they start together, and stop together."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

Words = Sequence[str]

STOPPED_BY = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 20


def run_together(
    services: Sequence[Words], *, ports: Sequence[int], when_listening: Callable[[], None]
) -> int:
    """Run commands of ours until one ends or we are told to stop; return the exit status.

    ``when_listening`` is called once somebody listens at each port. All have ended when this
    returns: stopping is asked for first, and after a while insisted on.
    """
    running = [_start(words) for words in services]
    asked_to_stop: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        asked_to_stop.append(number)
        _end(running)

    earlier = {number: signal.signal(number, stop) for number in STOPPED_BY}
    try:
        status = _wait_for_first(running, ports, when_listening)
    finally:
        _end(running)
        for process in running:
            _wait_or_kill(process)
        for number, handler in earlier.items():
            signal.signal(number, handler)
    return 0 if asked_to_stop else status or 1


def _start(words: Words) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "matricula.cli", *words]
    # Ctrl-C reaches the whole group of a terminal: each would stop twice.
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603  our own command


def _wait_for_first(
    running: Sequence["subprocess.Popen[bytes]"],
    ports: Sequence[int],
    when_listening: Callable[[], None],
) -> int:
    is_listening = False
    while True:
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(timeout=0.2)
        if not is_listening and all(map(_listens, ports)):
            is_listening = True
            when_listening()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _end(running: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()


def _wait_or_kill(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
