"""An incident of the demo from its card to its receipt, as two people go through it on the page."""

import json
import re
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from sandbox.pipeline.database import FILE_NAME

STARTED_MS, AGAIN_S = 60_000, 180
REFUSED = "is not what would be done now"


def simulation(demo: str, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
    """What the page's panels ask."""
    sent = None if body is None else json.dumps(body).encode()
    wanted = urllib.request.Request(f"{demo}/sim/api/{path}", sent, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(wanted, timeout=20) as answer:
        return dict(json.loads(answer.read()))


def pass_by(demo: str, span: timedelta, speed: float = 120) -> None:
    end = datetime.fromisoformat(simulation(demo, "clock")["now"]) + span
    simulation(demo, "clock", {"speed": speed})
    try:
        while datetime.fromisoformat(simulation(demo, "clock")["now"]) < end:
            time.sleep(0.1)
    finally:
        simulation(demo, "clock", {"speed": 1})


def processed_again(demo: str, home: Path, day: str, emptied_at: str, last: str = "Synthetic01Exporter") -> None:
    """The pipeline itself runs what depends on an emptied table, up to `last`, once more. A plan leaves out what is
    under way and what is made from that: for a plan with all of it, it is waited for.
    """
    (database,) = home.glob(f"**/{FILE_NAME}")
    query = (
        "SELECT sum(status = 'running'), sum(processor_name = ? AND started_at > ?)"
        " FROM processor_run_history WHERE data_date = ?"
    )
    given, end = [last, emptied_at[:19].replace("T", " "), day], time.monotonic() + AGAIN_S
    simulation(demo, "clock", {"speed": 20})
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as kept:
            while not ((found := kept.execute(query, given).fetchone())[0] == 0 < found[1]):
                assert time.monotonic() < end, f"{day}: {found[0]} under way, {found[1]} of {last}"
                time.sleep(0.2)
    finally:
        simulation(demo, "clock", {"speed": 1})


def chosen(card: Locator, name: str) -> None:
    """From the menu of the message itself: the page has one of the same name beside each."""
    card.locator(".blocks").get_by_role("button", name="More actions").last.click()
    card.page.get_by_role("menuitem", name=name, exact=True).click()


def told_in_evidence(card: Locator, said: re.Pattern[str], later: Callable[[], None]) -> None:
    """What the evidence of an incident says is of the moment: opened again `later` where too little has failed."""
    modal, tries = card.page.get_by_role("dialog"), 4
    for left in reversed(range(tries)):
        chosen(card, "Evidence")
        expect(modal).to_contain_text("What was decided")
        if said.search(modal.text_content() or "") or not left:
            break
        modal.get_by_role("button", name="Close").last.click()
        later()
    expect(modal).to_contain_text(said)
    modal.get_by_role("button", name="Close").last.click()


def looked_into(page: Page, incident: str) -> None:
    """Taken, and a runbook begun."""
    card = page.get_by_role("article").filter(has_text=f"{incident} ·").last
    card.get_by_role("button", name="Acknowledge").click()
    expect(card.get_by_role("button", name="Check")).to_be_visible()
    chosen(card, "Runbook")
    page.get_by_role("button", name=f"Start for {incident}").last.click()
    expect(page.get_by_text(re.compile(r"RB-\d+ is started")).first).to_be_visible()


def asked_for(page: Page, incident: str) -> None:
    """The data is checked, what repairs it planned with all that waits for it, and a second person asked."""
    card = page.get_by_role("article").filter(has_text=f"{incident} ·").last
    card.get_by_role("button", name="Check").click()
    card.get_by_role("button", name=re.compile(r"repl(y|ies)")).click()
    thread = page.get_by_role("complementary")
    thread.get_by_role("button", name=re.compile("^Reprocess 20")).last.click()
    page.get_by_role("button", name=re.compile(r"^Add \d+ dependents")).last.click()
    _approval_asked(page)


def _approval_asked(page: Page) -> None:
    """Once more where the plan is refused, as a run that was under way has ended since: it is there as it is now."""
    asking = page.get_by_role("button", name="Ask for approval").last
    asking.click(timeout=STARTED_MS)
    asked, refused = page.get_by_role("button", name="Approve and start").last, page.get_by_text(REFUSED).last
    expect(asked.or_(refused).last).to_be_visible()
    if not asked.is_visible():
        asking.click()
    expect(asked).to_be_visible()


def approved(page: Page, other: Page) -> str:
    """By another person; the number of the repair that has begun. Where the plan is refused as it has changed, whoever
    pressed asks anew, and the `other` approves.
    """
    if repair := _started(page):
        return repair
    _approval_asked(page)
    repair = _started(other)
    assert repair
    return repair


def _started(page: Page) -> str:
    """Its number; "" where the plan is refused."""
    plan = page.get_by_role("article").filter(has=page.get_by_role("button", name="Approve and start")).last
    expect(plan).to_contain_text(re.compile(r"R-\d+"))  # it may be drawn anew just now
    repair = str(re.findall(r"R-\d+", plan.text_content() or "")[0])
    plan.get_by_role("button", name="Approve and start").click()
    under_way = page.get_by_role("article").filter(has_text=re.compile(rf"{repair} (runs|is done|done)")).last
    refused = page.get_by_text(f"{repair} {REFUSED}").last
    expect(under_way.or_(refused).last).to_be_visible(timeout=STARTED_MS)
    return "" if refused.is_visible() else repair


def rolled_back(asking: Page, approving: Page, service: str) -> None:
    """By two people, and what came of it is said."""
    _command(asking, f"/deploys {service}")
    asking.get_by_role("button", name="Roll back…").last.click()
    asking.get_by_role("button", name="Ask to roll back").last.click()
    asked = approving.get_by_role("article").filter(has_text=f"asks to roll {service} back").last
    asked.get_by_role("button", name="Approve").click()
    done = approving.get_by_role("article").filter(has_text=f"Done: roll {service} back").last
    expect(done).to_contain_text(re.compile("all traffic is at revision .*; /health answers HTTP status 200.*pinned"))


def released(page: Page, service: str) -> None:
    """What is pinned says so, until its traffic goes to the newest revision again."""
    _command(page, f"/deploys {service}")
    pinned = page.get_by_role("article").filter(has_text=service)
    expect(pinned.last).to_contain_text("its traffic is pinned to revision 2: newer revisions get none")
    pinned.last.get_by_role("button", name="Release traffic…").click()
    page.get_by_role("button", name="Release traffic", exact=True).last.click()
    done = page.get_by_role("article").filter(has_text="Done: ").last
    expect(done).to_contain_text("all traffic is at revision 4", timeout=STARTED_MS)


def _command(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name=re.compile("Message")).first
    box.click()
    box.press_sequentially(text)
    box.press("Escape")
    box.press("Enter")
