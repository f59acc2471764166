"""The page of the local workspace with five hundred Block Kit messages: the switch to them and the way through them."""

import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from sandbox.tests.page.many import load_all, post_many
from sandbox.tests.page.world import ENGINEERING, World
from tests.support.chromium import chromium

MESSAGES = 500
_FRAME = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
_SCROLL = """async () => {
  const list = document.querySelector('.timeline');
  const step = list.scrollHeight / 240;
  for (let done = 0; done < 240; done += 1) {
    list.scrollTop -= step;
    await new Promise((go) => requestAnimationFrame(go));
  }
}"""


def measure() -> list[str]:
    """Rows of a Markdown table. Processor time of the page's thread: other work on the machine does not count."""
    world = World()
    world.start()
    try:
        post_many(world, MESSAGES)
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{world.url}/?user=U01ALEX#/{ENGINEERING}")
            load_all(page, MESSAGES)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            switch = _switch_ms(page, session)
            tasks = _scroll_tasks_ms(browser, page)
    finally:
        world.stop()
    return [
        f"| script of switching to {MESSAGES} messages | {switch:.0f} ms | < 100 ms |",
        f"| longest of {len(tasks)} tasks while scrolling through them | {tasks[-1]:.1f} ms | < 50 ms |",
    ]


def _switch_ms(page: Page, session: CDPSession) -> float:
    """Script of going to the channel from another, until its newest messages are on the screen."""
    page.get_by_role("navigation").get_by_role("button", name="channel data-alerts").click()
    page.locator(".intro").wait_for()
    before = _metric_ms(session, "ScriptDuration")
    page.evaluate(f"location.hash = '#/{ENGINEERING}'")
    page.evaluate(_FRAME)
    spent = _metric_ms(session, "ScriptDuration") - before
    expect(page.locator(".row")).to_have_count(MESSAGES)
    return spent


def _metric_ms(session: CDPSession, name: str) -> float:
    found: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == name)) * 1000


def _scroll_tasks_ms(browser: Browser, page: Page) -> list[float]:
    """Scroll from the newest message to the oldest: processor time of every task of the page's thread, sorted."""
    browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"])
    page.evaluate(_SCROLL)
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    return sorted(
        one["tdur"] / 1000
        for one in events
        if "tdur" in one and one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in mains
    )
