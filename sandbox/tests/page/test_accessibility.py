"""axe finds nothing wrong in any state of the page, light or dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from . import page_blocks
from .conftest import OpenPage
from .page_phones import fill_a_phone
from .world import ALERTS, ENGINEERING, MONITOR, World


def _channel(page: Page) -> None:
    page.locator(".msg").last.hover()


def _thread(page: Page) -> None:
    page.locator(".thread-summary").click()
    page.locator(".thread .msg").first.wait_for()


def _modal(page: Page) -> None:
    page.locator(".composer__field").fill("/reprocess ")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a plan").click()
    page.locator(".field__error:visible").first.wait_for()


def _type_ahead(page: Page) -> None:
    _modal(page)
    page.get_by_role("combobox", name="Processor").click()
    page.keyboard.type("b")
    page.get_by_role("option").first.wait_for()


def _people(page: Page) -> None:
    page.get_by_role("button", name="You are").click()


def _commands(page: Page) -> None:
    page.locator(".composer__field").focus()
    page.keyboard.type("/")


def _switcher(page: Page) -> None:
    page.keyboard.press("Control+k")


def _home(page: Page) -> None:
    page.get_by_role("button", name="Fireline, app").click()
    page.locator(".home .header").wait_for()


def _ringing(page: Page) -> None:
    page.locator(".ringing").wait_for()


def _phones(page: Page) -> None:
    """Each kind of entry; the panel stays, and is the last."""
    page.get_by_role("button", name="Phones", exact=True).click()
    page.locator(".phone-card--triggered").wait_for()


def _leave(page: Page) -> None:
    """Close everything: a modal that stays open would be there on the next page, too."""
    layers = page.locator("#layers > *")
    for _ in range(layers.count()):
        before = layers.count()
        page.keyboard.press("Escape")
        expect(layers).to_have_count(before - 1)


STATES: list[tuple[str, Callable[[Page], None]]] = [
    (ALERTS, _channel),
    (MONITOR, _channel),
    (ENGINEERING, _channel),
    (ALERTS, _thread),
    (ALERTS, _modal),
    (ALERTS, _type_ahead),
    (ALERTS, _people),
    (ALERTS, _commands),
    (ALERTS, _switcher),
    (ALERTS, _home),
    (ALERTS, _ringing),
    (ALERTS, _phones),
]


WRONG = {"resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast"], **WRONG}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe(world: World, open_page: OpenPage, theme: str) -> None:
    ts = world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    world.say("U02SAM", ALERTS, "on it, see https://example.com/runs", ts)
    for blocks in (page_blocks.layouts(), page_blocks.markdown(), page_blocks.table()):
        world.post(MONITOR, "report", blocks=blocks)
    world.post(ENGINEERING, "elements", blocks=page_blocks.elements())
    fill_a_phone(world)
    found = []
    # axe is a script from outside, which the page's policy refuses.
    page = open_page(place=ALERTS, bypass_csp=True, color_scheme=theme, reduced_motion="reduce")
    for place, reach in STATES:
        page.evaluate(f"location.hash = '#/{place}'")
        page.locator(f".pane[data-channel={place}] .composer__field").wait_for()
        reach(page)
        # In the dark only colours are different.
        for one in Axe().run(page, options=COLOURS if theme == "dark" else WRONG).response["violations"]:
            found += [
                f"{place} {reach.__name__}: {one['id']} {node['html'][:120]} {node['any'][:1]}" for node in one["nodes"]
            ]
        _leave(page)
    assert found == []
