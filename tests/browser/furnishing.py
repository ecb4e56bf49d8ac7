"""The world of the browser: the example as ``make run`` serves it, and an empty school beside."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from subprocess import DEVNULL

import requests

from tests.browser.connecting import SAML
from tests.browser.populating import HELPER, LEARNERS, OF_THE_RIVER, OPERATOR, WAITING
from tests.browsing import PASSWORD
from tests.cli.serving import COMMAND, HOST, free_port
from tests.sign_on_with_saml.starting import saml_provider
from tests.together.running import PATIENCE, ROOT, Services, installed, wait_until

GRANTS = (
    ("river", "read_write_enrollments", "--organization", "RiverU"),
    ("brook", "read_write_enrollments", "--organization", "RiverU"),
    ("delta", "read_enrollments", "--organization", "RiverU"),
)
"""Who of the empty school may do what at the Registrar: two may write, one may only read."""
POPULATING = "tests.browser.populating"
STAFF = ("registrar", "dean", *OF_THE_RIVER)
"""Who comes to the Registrar: the example's, and the empty school's."""
ELSEWHERE = "localhost"
"""Another site than ours to a browser, as schools are: it sends no cookies of ours from there."""
LAST_WORDS = "Ctrl-C stops."
UPLOAD_BYTES = 2**20
"""So large may a file be: one that is larger is soon made."""
MANY_TRIES = "600"
"""All tests are one address, and each would soon have tried too many passwords for one."""
MAILED = re.compile(r"https?://[^/\s]+(/\S+)")


@dataclass(frozen=True)
class Ports:
    """Where the three listen."""

    lms: int = field(default_factory=free_port)
    registrar: int = field(default_factory=free_port)
    sign_on: int = field(default_factory=free_port)

    @property
    def words(self) -> list[str]:
        """Return how the command is told them."""
        named = {
            "--port": self.lms,
            "--registrar-port": self.registrar,
            "--sign-on-port": self.sign_on,
        }
        return [word for name, port in named.items() for word in (name, str(port))]

    def address(self, port: int) -> str:
        """Return the address of who listens there."""
        return f"http://{HOST}:{port}"


@dataclass(frozen=True)
class World:
    """Both services and the school's sign-on, where they are and who can sign in."""

    folder: Path
    lms: str
    registrar: str
    passwords: Mapping[str, str]
    environment: Mapping[str, str]
    services: Services

    def last_link(self, *, to: str) -> str:
        """Return the path of the last link that was mailed to an address."""
        found: list[str] = []

        def has_come() -> bool:
            mails = (self.folder / "home" / "mail").glob("*")
            for path in sorted(mails, key=lambda each: each.stat().st_mtime_ns):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                if mail["To"] == to:
                    found.extend(MAILED.findall(mail.get_content()))
            return bool(found)

        wait_until(has_come)
        return found[-1]

    @contextmanager
    def registrar_alone(self) -> Iterator[str]:
        """Serve the Registrar also for a while as if the LMS were away; yields where."""
        port = free_port()
        with (self.folder / "alone.log").open("wb") as log:
            process = subprocess.Popen(
                [COMMAND, "registrar", "serve", "--port", str(port), "--workers", "1"],
                env={**self.environment, "LMS_URL": f"http://{HOST}:{free_port()}"},
                stdout=DEVNULL,
                stderr=log,
            )
        try:
            address = f"http://{HOST}:{port}"
            wait_until(lambda: _answers(f"{address}/health"))
            yield address
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def furnished(folder: Path) -> Iterator[World]:
    """Make the databases and fill them, and serve until the end."""
    (folder / "apart").mkdir()
    with (
        installed(folder / "apart") as services,
        saml_provider(folder / "river", host=ELSEWHERE) as river,
    ):
        ports = Ports()
        environment = {
            **services.of_the_lms,
            "REGISTRAR_DATABASE_URL": services.registrar_url,
            "MATRICULA_HOME": str(folder / "home"),
            "MATRICULA_LMS_URL": ports.address(ports.lms),
            "MATRICULA_REGISTRAR_URL": ports.address(ports.registrar),
            "MATRICULA_TRIES_PER_MINUTE": MANY_TRIES,
            "MATRICULA_REGISTRAR_UPLOAD_BYTES": str(UPLOAD_BYTES),
        }
        issuer = ports.address(ports.sign_on)
        populating = [sys.executable, "-m", POPULATING, river.metadata, issuer]
        _run(environment, [str(COMMAND), "example", "run"], populating)
        with _served(folder, environment, ports):
            river.trust(SAML, _read(f"{ports.address(ports.lms)}/sign-on/{SAML}/metadata/"))
            _run(environment, *([str(COMMAND), "registrar", "grant", *words] for words in GRANTS))
            yield World(
                folder,
                ports.address(ports.lms),
                ports.address(ports.registrar),
                passwords=_read_passwords(folder),
                environment=environment,
                services=services,
            )


@contextmanager
def _served(folder: Path, environment: Mapping[str, str], ports: Ports) -> Iterator[None]:
    log = folder / "served.log"
    words = [str(COMMAND), "example", "serve", *ports.words]
    with log.open("wb") as told:
        process = subprocess.Popen(
            words, cwd=ROOT, env={**environment}, stdout=told, stderr=subprocess.STDOUT
        )

    def is_ready() -> bool:
        assert process.poll() is None, log.read_text()
        return LAST_WORDS in log.read_text()

    try:
        wait_until(is_ready)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _run(environment: Mapping[str, str], *commands: Sequence[str]) -> None:
    """Run commands at once, all of which must do what they should."""
    running = [
        subprocess.Popen(words, cwd=ROOT, env={**environment}, stdout=DEVNULL)
        for words in commands
    ]
    assert [process.wait(PATIENCE) for process in running] == [0] * len(running)


def _read_passwords(folder: Path) -> Mapping[str, str]:
    """Return who can sign in, of the example and of ours."""
    kept = json.loads((folder / "home" / "example" / "logins.json").read_bytes())
    ours = dict.fromkeys((*LEARNERS, *OF_THE_RIVER, OPERATOR, HELPER, WAITING), PASSWORD)
    return {**ours, **{each["username"]: each["password"] for each in kept["logins"]}}


def _read(address: str) -> str:
    answer = requests.get(address, timeout=PATIENCE)
    assert answer.ok, answer.text
    return answer.text


def _answers(address: str) -> bool:
    with suppress(requests.ConnectionError):
        return requests.get(address, timeout=PATIENCE).ok
    return False
