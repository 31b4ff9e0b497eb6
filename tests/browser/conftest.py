"""A real Chromium against a really running server, with axe and screenshots."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from app.core import clock
from tests.browser import accessibility
from tests.conftest import missing, person
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / ".screenshots"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: Debian's Chromium without its calls to the outside, which a closed network refuses one by one.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=zh-CN",
    "--in-process-gpu",
)
_POSITION_BARS = """position => document.querySelectorAll('.zk-actions--stick, .zk-bulk')
    .forEach(bar => { bar.style.position = position })"""
#: The elements that reach beyond the right edge, for the message.
_STICKING_OUT = """() => [...document.querySelectorAll('main *, header *')]
    .filter(node => node.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .slice(0, 5).map(node => node.outerHTML.slice(0, 160))"""


@dataclass(frozen=True)
class LiveServer:
    """The application under test, answering at `url`."""

    app: Flask
    url: str


@pytest.fixture
def live(app: Flask) -> Iterator[LiveServer]:
    """The application of this test on a free port of the loopback address, in threads of this process.

    Being in this process, it shares the test's clock: `clock.travel_to` counts for the pages too. Its styles and
    scripts are asked for once a browser instead of once a page.
    """
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(hours=1)
    server: BaseWSGIServer = make_server("127.0.0.1", free_port(), _closed_first(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveServer(app, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join(10)


def _closed_first(app: Flask) -> Callable[..., list[bytes]]:
    """Closes every answer before it is sent: the server leaves a file open when the browser hangs up meanwhile.

    Beside the application's pages it gives the script that checks them.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == accessibility.ADDRESS:
            start_response("200 OK", [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=86400")])
            return [accessibility.script()]
        with closing(app(environ, start_response)) as parts:  # type: ignore[type-var]
            return [b"".join(parts)]

    return answer


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium: its headless shell, which opens pages in half the time, or the whole browser."""
    names = ("chromium-headless-shell", "chromium")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if program is None:
        missing("Chromium", "install the package chromium, or run make test as root, which does")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


def _page_of(
    browser: Browser, live: LiveServer, size: dict[str, int], faults: list[str]
) -> tuple[BrowserContext, Page]:
    # Bootstrap lets the page glide to what takes the focus. Playwright aims while it glides and scrolls on its own
    # besides; a bar that leaves the screen's edge between press and release then loses the click.
    context = browser.new_context(
        base_url=live.url, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("request", lambda asked: None if asked.url.startswith((live.url, "data:", "blob:"))
            else faults.append(f"left the machine: {asked.url}"))
    return context, page


@pytest.fixture(params=["wide", "phone"])
def any_page(request: pytest.FixtureRequest, chromium: Browser, live: LiveServer) -> Iterator[Page]:
    """A page on a wide screen and, in a second run of the test, at 390 px."""
    yield from _watched(chromium, live, WIDE if request.param == "wide" else PHONE)


@pytest.fixture
def page(chromium: Browser, live: LiveServer) -> Iterator[Page]:
    """A page on a wide screen. Script errors, CSP violations and requests elsewhere fail the test."""
    yield from _watched(chromium, live, WIDE)


@pytest.fixture
def phone(chromium: Browser, live: LiveServer) -> Iterator[Page]:
    """A page at 390 px, watched as `page` is."""
    yield from _watched(chromium, live, PHONE)


def _watched(browser: Browser, live: LiveServer, size: dict[str, int]) -> Iterator[Page]:
    faults: list[str] = []
    context, page = _page_of(browser, live, size, faults)
    yield page
    context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def enter(live: LiveServer) -> Callable[[Page, str], None]:
    """`enter(page, "center_clerk")`: signs the browser in as somebody of the role, who is made if need be."""

    def sign_in(page: Page, role: str) -> None:
        with live.app.app_context():
            person(role)
        page.goto("/demo/")
        page.click(f'button[name="role"][value="{role}"]')
        page.wait_for_load_state()

    return sign_in


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """`shot(page, "inbox")` saves the whole page under .screenshots/, with its width in the name, if SHOTS is set.

    Pictures are for people who look at them; nothing is compared, so that runs without an onlooker take none.
    """

    def take(page: Page, name: str) -> None:
        if not os.environ.get("SHOTS"):
            return
        SHOTS.mkdir(exist_ok=True)
        width = page.viewport_size["width"] if page.viewport_size else 0
        path = SHOTS / f"{name}-{width}.png"
        page.evaluate(_POSITION_BARS, "static")  # a bar that sticks would stand in the middle of the long picture
        page.screenshot(path=path, full_page=True)
        page.evaluate(_POSITION_BARS, "")

    return take


@pytest.fixture
def sideways() -> Callable[[Page], None]:
    """`sideways(page)` asserts that nothing scrolls sideways."""

    def check(page: Page) -> None:
        overflow = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px: {page.evaluate(_STICKING_OUT)}"

    return check


@pytest.fixture
def axe(sideways: Callable[[Page], None]) -> Callable[[Page], None]:
    """`axe(page)` asserts WCAG 2.1 AA as far as a machine can tell, and that nothing scrolls sideways."""

    def check(page: Page) -> None:
        accessibility.check(page)
        sideways(page)

    return check


@pytest.fixture
def look(sideways: Callable[[Page], None], shot: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """`look(page, "inbox")`: what `axe` asserts and a screenshot, wide and, without a reload, at 390 px."""

    def both(page: Page, name: str) -> None:
        before = page.viewport_size
        for size, check in ((WIDE, accessibility.check_wide), (PHONE, accessibility.check_narrow)):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            check(page)
            sideways(page)
            shot(page, name)
        if before:
            page.set_viewport_size(before)

    return both


@pytest.fixture
def new_page(chromium: Browser, live: LiveServer) -> Iterator[Callable[[], Page]]:
    """Opens one more browser, watched as `page` is: another person at another desk."""
    faults: list[str] = []
    opened: list[BrowserContext] = []

    def another() -> Page:
        context, page = _page_of(chromium, live, WIDE, faults)
        opened.append(context)
        return page

    yield another
    for context in opened:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def scheduler(live: LiveServer) -> Callable[[], None]:
    """Does what falls due now, as the embedded scheduler would a moment later."""

    def run() -> None:
        with live.app.app_context():
            live.app.extensions["run_until_quiet"](clock.now())

    return run
