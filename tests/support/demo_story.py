"""An incident of the demo from its card to its receipt, as two people go through it on the page."""

import re

from playwright.sync_api import Page, expect

STARTED_MS = 60_000


def looked_into(page: Page, incident: str) -> None:
    """Taken, and a runbook begun."""
    card = page.get_by_role("article").filter(has_text=f"{incident} ·").last
    card.get_by_role("button", name="Acknowledge").click()
    expect(card.get_by_role("button", name="Check")).to_be_visible()
    card.get_by_role("button", name="More actions").last.click()
    page.get_by_text("Runbook", exact=True).last.click()
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
    page.get_by_role("button", name="Ask for approval").last.click()
    expect(page.get_by_role("button", name="Approve and start").last).to_be_visible()


def approved(page: Page) -> str:
    """By another person; the number of the repair that has begun."""
    plan = page.get_by_role("article").filter(has=page.get_by_role("button", name="Approve and start")).last
    repair = str(re.findall(r"R-\d+", plan.inner_text())[0])
    plan.get_by_role("button", name="Approve and start").click()
    under_way = page.get_by_role("article").filter(has_text=re.compile(rf"{repair} (runs|is done|done)")).last
    expect(under_way).to_be_visible(timeout=STARTED_MS)
    return repair
