"""The command without the two seconds of its start: one process forks for each call.

Blocks of pages call it some dozens of times. What they see is the same: words, folder, streams,
status.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cli.serving import COMMAND, PATIENCE, wait_until

SOCKET = "FORKED_COMMAND"
SHELLS_OWN = ("_", "OLDPWD", "PWD", "SHLVL")
"""Variables that every shell sets as it goes."""
LONGEST_CALL = 64 * 1024
IN_FULL = "fsck"
"""What is run as a process of its own all the same: its start is to be seen as well."""

# Run by a Python that loads nothing else, as `matricula`. With other variables, for which settings
# may stand, and for IN_FULL, it becomes the real command.
CALLER = """\
#!{python} -SE
import json, os, socket, sys
variables = {{key: value for key, value in os.environ.items() if key not in {own!r}}}
if {in_full!r} in sys.argv[1:2] or variables != json.load(open({known!r})):
    os.execv({command!r}, [{command!r}, *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    call = json.dumps([os.getcwd(), sys.argv[1:]]).encode()
    socket.send_fds(server, [call], [0, 1, 2])
    answer = server.recv(1)
sys.exit(answer[0] if answer else 70)
"""


@contextmanager
def forked_command(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the environment in which ``matricula`` is the quick one, until it is left."""
    binaries = folder / "bin"
    binaries.mkdir()
    address, known = folder / "socket", folder / "variables.json"
    variables = {**environment, "PATH": f"{binaries}:{COMMAND.parent}:{environment['PATH']}"}
    known.write_text(
        json.dumps({key: value for key, value in variables.items() if key not in SHELLS_OWN})
    )
    caller = binaries / COMMAND.name
    caller.write_text(
        CALLER.format(
            python=sys.executable,
            command=str(COMMAND),
            known=str(known),
            address=str(address),
            in_full=IN_FULL,
            own=SHELLS_OWN,
        )
    )
    caller.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.how_to.forking"],
        cwd=Path(__file__).parents[2],
        env={**variables, SOCKET: str(address)},
    )
    try:
        wait_until(address.exists)
        yield variables
    finally:
        process.terminate()
        process.wait(PATIENCE)


def serve(address: str) -> None:
    """Fork for each call, until told to stop."""
    from matricula.cli import lms_command, main  # noqa: F401, PLC0415  it reads the settings

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        while True:
            caller, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _answer(caller)
            caller.close()


def _answer(caller: socket.socket) -> None:
    """Be the command for one call."""
    from matricula.cli.main import main  # noqa: PLC0415  as above

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said, streams, _, _ = socket.recv_fds(caller, LONGEST_CALL, 3)
    folder, words = json.loads(said)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    sys.argv = [str(COMMAND), *words]
    status = 0
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else bool(end.code)
    sys.stdout.flush()
    sys.stderr.flush()
    caller.send(bytes([status]))
    os._exit(status)


if __name__ == "__main__":
    serve(os.environ.pop(SOCKET))
