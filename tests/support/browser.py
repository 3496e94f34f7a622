"""A headless Chromium whose every request goes through a proxy that answers for one page alone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ADDRESS = "http://plan.test/plan.html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What a browser does of its own accord would only be noise in the record of requests.
FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


def find_chromium() -> str:
    """Return the path of the browser; a machine without one fails the test."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    pytest.fail(
        "The page is tested in a browser, and there is none. "
        "Install it, for example by 'apt-get install chromium'."
    )


@contextmanager
def launched() -> Iterator[Browser]:
    """Run a browser for as long as the context lasts."""
    path = find_chromium()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Watch:
    """One page in a browser: what it asked for and what the browser complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def settle(self) -> None:
        """Wait until the page asks for nothing any more."""
        self.page.wait_for_load_state("networkidle")


@contextmanager
def shown(browser: Browser, html: str, *, width: int = 1280, **options: Any) -> Iterator[Watch]:
    """Show a page in a window of its own.

    Args:
        width: Of the window, in pixels of CSS.
        options: Of the browser's context, as `color_scheme`.
    """
    requests: list[str] = []
    with _proxy(html.encode(), requests) as server:
        context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 800}, proxy={"server": server}, **options
        )
        watch = Watch(context.new_page())
        watch.requests = requests
        watch.page.goto(ADDRESS)
        yield watch
        context.close()


@contextmanager
def _proxy(html: bytes, requests: list[str]) -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            is_page = self.path == ADDRESS
            self.send_response(200 if is_page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html if is_page else b"")

        def do_CONNECT(self) -> None:
            requests.append(self.path)
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            """Keep quiet: what was asked for is in the record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
