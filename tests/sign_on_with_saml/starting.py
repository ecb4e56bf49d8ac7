"""Starting a school's provider, as a process beside the LMS."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.cli.serving import HOST, PATIENCE, free_port, wait_until

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Running:
    """A provider that runs; services whose metadata is put into its folder are trusted."""

    address: str
    folder: Path

    @property
    def metadata(self) -> str:
        return f"{self.address}/metadata"

    def trust(self, slug: str, metadata: str) -> None:
        (self.folder / f"{slug}.xml").write_text(metadata)


@contextmanager
def saml_provider(folder: Path, *, host: str = HOST) -> Iterator[Running]:
    """Run a school's SAML provider, under whatever name of this machine."""
    port = free_port()
    module = "tests.sign_on_with_saml.running"
    words = ["-W", "ignore", "-m", module, str(folder), str(port), host]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = Running(f"http://{host}:{port}", folder)

    def answers() -> bool:
        assert process.poll() is None
        with suppress(requests.ConnectionError):
            return requests.get(running.metadata, timeout=PATIENCE).status_code == 200
        return False

    try:
        wait_until(answers)
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)
