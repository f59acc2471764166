"""Debian's Chromium, driven by Playwright, without any network but this machine's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.not_run import need

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No request leaves this machine; pictures elsewhere fail, as without a network.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Windows:
    """Pages of people who come for the first time, in contexts that stay: what has drawn the page before draws it again
    with a third of the work. A picture keeps each context's renderer while no page needs it.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}

    @contextmanager
    def opened(self, address: str, **options: Any) -> Iterator[Page]:
        """A new page of its own, to be used at that address. Nothing that was stored there outlives it. With
        `own_clock` its time can be moved.
        """
        free = self._free.setdefault(repr(sorted(options.items())), [])
        context = free.pop() if free else self._kept(address, options)
        page = context.new_page()
        try:
            yield page
            page.evaluate("localStorage.clear()")
            page.close()
            context.clear_cookies()
        except BaseException:
            context.close()
            raise
        free.append(context)

    def _kept(self, address: str, options: dict[str, Any]) -> BrowserContext:
        own_clock = options.pop("own_clock", False)
        context = self._browser.new_context(**options)
        if own_clock:
            context.clock.install()
        context.new_page().goto(f"{address}/icon.svg")
        return context


@contextmanager
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        need("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        try:
            yield running
        finally:
            running.close()
