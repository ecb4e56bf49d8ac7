"""Coming with a browser: as a stranger or signed in. What the browser complains of is kept."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    StorageState,
    expect,
)

from tests.browser.furnishing import STAFF, World
from tests.browser.looking import SIZES
from tests.cli.serving import HOST

PATIENCE = 30_000
"""In milliseconds: the machine may be doing other things."""
ON_THE_PAGE = {"about", "blob", "data"}
POLICY = "Content Security Policy"


@dataclass
class Visits:
    """The browsers of one test, each as if on a machine of its own."""

    world: World
    browser: Browser
    signed_in: dict[str, StorageState]
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def come(self, who: str = "", *, has_scripts: bool = True, **more: Any) -> Page:  # noqa: ANN401  as Playwright has it
        """Open a browser: a stranger's, or of somebody signed in, staff at both services."""
        if who and who not in self.signed_in:
            self.signed_in[who] = self._sign_in(who)
        return self._open(
            java_script_enabled=has_scripts, storage_state=self.signed_in.get(who), **more
        )

    def come_anew(self, who: str) -> Page:
        """Open a browser that has signed in by itself: its test may sign out, others' stay in."""
        return self._open(storage_state=self._sign_in(who))

    def close(self) -> None:
        """Close all of them, and require that none has met anything that ought not to be."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def _open(self, **more: Any) -> Page:  # noqa: ANN401  as Playwright has it
        context = self.browser.new_context(
            viewport=SIZES["desktop"], locale="en-GB", reduced_motion="reduce", **more
        )
        context.set_default_timeout(PATIENCE)
        context.on("request", self._judge_request)
        context.on("console", self._judge_word)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.contexts.append(context)
        return context.new_page()

    def _sign_in(self, who: str) -> StorageState:
        page = self._open()
        page.goto(f"{self.world.lms}/login")
        enter(page, who, self.world.passwords[who])
        if who in STAFF:
            page.goto(f"{self.world.registrar}/login")
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page.context.storage_state()

    def _judge_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if request.is_navigation_request() or parts.hostname == HOST:
            return
        is_ours = request.frame.url.startswith((self.world.lms, self.world.registrar))
        if is_ours and parts.scheme not in ON_THE_PAGE:
            self.complaints.append(f"{request.frame.url} asked for {request.url}")

    def _judge_word(self, said: ConsoleMessage) -> None:
        if POLICY in said.text:
            self.complaints.append(said.text)


def enter(page: Page, who: str, password: str) -> None:
    """Sign in on the page that asks for it."""
    page.get_by_label("Username or e-mail address").fill(who)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sign_on(page: Page, lms: str, who: str) -> None:
    """Sign on by the example's school, which believes everybody."""
    page.goto(f"{lms}/login")
    page.get_by_role("link", name="Linden University").click()
    say_who(page, who)


def say_who(page: Page, who: str) -> None:
    """Be somebody on the page of the example's school."""
    page.get_by_label("Username at the school").fill(who)
    page.get_by_role("button", name="Sign in").click()
