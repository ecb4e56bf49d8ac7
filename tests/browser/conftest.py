"""A world for the browser to go about in, the browser, and who comes with it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests.browser.coming import PATIENCE, Visits
from tests.browser.furnishing import ELSEWHERE, World, furnished
from tests.cli.serving import HOST

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}, EXCLUDE {ELSEWHERE}",
]
"""It asks nobody but this machine, not even of itself."""
FOR_ROOT = "--no-sandbox"
"""Chromium refuses to give root a sandbox."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with furnished(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("MATRICULA_CHROMIUM") or shutil.which("chromium")
    assert chromium, "There is no chromium: scripts/ready_browser.sh installs it, or says how."
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=chromium,
            args=[*FLAGS, FOR_ROOT] if os.geteuid() == 0 else FLAGS,
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    return {}


@pytest.fixture
def visits(world: World, browser: Browser, signed_in: dict[str, StorageState]) -> Iterator[Visits]:
    made = Visits(world, browser, signed_in)
    yield made
    made.close()
