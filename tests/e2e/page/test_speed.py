"""Five hundred Block Kit messages: the switch to them and the way through them."""

import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from . import page_blocks
from .conftest import OpenPage
from .world import ENGINEERING, World

MESSAGES = 500
SWITCH_SCRIPT_MS = 100
FRAME_MS = 50
_FRAME = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
_SCROLL = """async () => {
  const list = document.querySelector('.timeline');
  const step = list.scrollHeight / 240;
  for (let done = 0; done < 240; done += 1) {
    list.scrollTop -= step;
    await new Promise((go) => requestAnimationFrame(go));
  }
}"""


def _metric_ms(session: CDPSession, name: str) -> float:
    found: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == name)) * 1000


def _all_loaded(page: Page) -> None:
    page.locator(".msg").first.wait_for()
    while page.locator(".intro").count() == 0:
        page.locator(".timeline").evaluate("node => { node.scrollTop = -node.scrollHeight }")
        page.wait_for_timeout(50)
    assert page.locator(".row").count() == MESSAGES


def _switch_ms(page: Page, session: CDPSession) -> float:
    """Script of going to the channel from another, until its newest messages are on the screen."""
    page.get_by_role("button", name="channel data-alerts").click()
    page.locator(".intro").wait_for()
    before = _metric_ms(session, "ScriptDuration")
    page.evaluate(f"location.hash = '#/{ENGINEERING}'")
    page.evaluate(_FRAME)
    spent = _metric_ms(session, "ScriptDuration") - before
    expect(page.locator(".row")).to_have_count(MESSAGES)
    return spent


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


def test_five_hundred_messages(browser: Browser, world: World, open_page: OpenPage) -> None:
    states = ("open", "acknowledged", "resolved")
    for number in range(MESSAGES):
        world.post(ENGINEERING, f"INC-{number}", blocks=page_blocks.incident(number, states[number % 3]))
    page = open_page(place=ENGINEERING)
    _all_loaded(page)
    session = page.context.new_cdp_session(page)
    # Processor time of the page's thread: other work on the machine must not count.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    switch = _switch_ms(page, session)
    tasks = _scroll_tasks_ms(browser, page)
    print(f"switch {switch:.0f} ms of script; longest task while scrolling {tasks[-1]:.1f} ms, of {len(tasks)}")
    assert switch < SWITCH_SCRIPT_MS
    assert tasks[-1] < FRAME_MS
