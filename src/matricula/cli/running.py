"""Running several services in one terminal: they start together, and stop together."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

Words = Sequence[str]

STOPPED_BY = (signal.SIGINT, signal.SIGTERM)
GRACE_SECONDS = 20


def run_together(services: Mapping[str, Words]) -> int:
    """Run commands of ours until one ends or we are told to stop; return the exit status.

    All have ended when this returns. Stopping is asked for first, and after a while insisted on.
    """
    running = [_start(words) for words in services.values()]
    asked_to_stop: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        asked_to_stop.append(number)
        _end(running)

    earlier = {number: signal.signal(number, stop) for number in STOPPED_BY}
    try:
        statuses = _wait_for_first(running)
    finally:
        _end(running)
        for process in running:
            _wait_or_kill(process)
        for number, handler in earlier.items():
            signal.signal(number, handler)
    return 0 if asked_to_stop else statuses or 1


def _start(words: Words) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "matricula.cli", *words]
    # Ctrl-C reaches the whole group of a terminal: each would stop twice.
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603  our own command


def _wait_for_first(running: Sequence["subprocess.Popen[bytes]"]) -> int:
    while True:
        for process in running:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue


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
