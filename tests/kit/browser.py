"""A real Chromium for the pages, and a server for them on a free port of loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Dialog, Error, Page, async_playwright
from starlette.applications import Starlette

from kit.peers import require
from kit.site import PASSWORD

FLAGS = [
    "--headless=new",
    "--no-sandbox",  # as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 15.0
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this machine; the test is skipped where there is none."""
    program = require("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A browser's tab and what went on in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@asynccontextmanager
async def tab(browser: Browser, **context: object) -> AsyncIterator[Watched]:
    """A tab of a fresh profile, watched."""
    opened: BrowserContext = await browser.new_context(**context)  # type: ignore[arg-type] # the test names its options
    opened.set_default_timeout(SECONDS * 1000)
    watched = Watched(await opened.new_page())
    opened.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))

    async def dismiss(dialog: Dialog) -> None:
        watched.dialogs.append(str(dialog))
        with contextlib.suppress(Error):  # gone with its frame meanwhile
            await dialog.dismiss()

    watched.page.on("dialog", dismiss)
    try:
        yield watched
    finally:
        await opened.close()


class _Server(uvicorn.Server):
    """uvicorn that leaves signals alone."""

    def install_signal_handlers(self) -> None:
        """Do nothing."""


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """The URL at which `app` answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True


class Canary:
    """A server that nothing should ever call; counts who does."""

    def __init__(self) -> None:
        self.hits = 0
        self.called = asyncio.Event()
        self.url = ""

    async def _hit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits += 1
        self.called.set()
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Canary]:
        """Count while open."""
        server = await asyncio.start_server(self._hit, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()


async def log_in(
    page: Page, url: str, onward: str = "/queue", *, name: str = "rita", password: str = PASSWORD
) -> None:
    """Log in as a person does, and arrive at `onward`, or where the site sends them first."""
    await page.goto(url + onward)
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(lambda now: not now.startswith(f"{url}/login?") and now != f"{url}/login")


async def axe(page: Page) -> list[str]:
    """What axe finds on the page as it stands (WCAG 2.2 AA, and what is good practice)."""
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    violations = found.response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]]


async def width(page: Page) -> int:
    """How wide the page is laid out."""
    return int(await page.evaluate("document.documentElement.scrollWidth"))
