"""The pipeline panel, where the server offers a simulation."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from .conftest import OpenPage
from .world import ALERTS, World

NOW = 1_763_712_000
RENEWED_MS = 6_000
"""The page renews what is written relative to now every five seconds."""
FAULTS: list[dict[str, Any]] = [
    {"name": "raw_file_empty", "description": "The scraper writes an empty file.", "processor_needed": True},
    {"name": "alert_storm", "description": "Many fail at once.", "processor_needed": False},
]


def _sent(route: Route) -> dict[str, Any]:
    body = route.request.post_data_json
    assert isinstance(body, dict)
    return body


class Simulation:
    """Stands in for the simulated pipeline, which is another part of the project."""

    def __init__(self) -> None:
        self.active: list[dict[str, Any]] = []
        self.open: list[str] = []
        self.speed = 1

    def serve(self, route: Route) -> None:
        request, path = route.request, route.request.url.partition("/sim/api/")[2]
        if path == "clock":
            if request.method == "POST":
                self.speed = _sent(route)["speed"]
            route.fulfill(json={"now": NOW, "speed": self.speed})
        elif path == "processors":
            route.fulfill(json=["bdl_boxscores", "odds_api_props"])
        else:
            if request.method == "POST":
                self.active.append({"id": f"f{len(self.active)}", **_sent(route)})
            elif request.method == "DELETE":
                self.active = [one for one in self.active if one["id"] != path.partition("/")[2]]
            route.fulfill(json={"faults": FAULTS, "active": self.active, "open": self.open})


def _open(open_page: OpenPage, simulation: Simulation, **options: Any) -> Page:
    page = open_page(place=ALERTS, **options)
    page.route("**/sim/api/**", simulation.serve)
    page.reload()
    page.get_by_role("button", name="Pipeline: inject a fault").click()
    return page


def test_no_simulation_no_panel(open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    page.locator(".composer__field").wait_for()
    expect(page.get_by_role("button", name="Pipeline: inject a fault")).to_have_count(0)


def test_inject_and_heal(open_page: OpenPage) -> None:
    simulation = Simulation()
    page = _open(open_page, simulation)
    panel = page.get_by_role("complementary", name="Pipeline")
    panel.get_by_label("Processor").select_option("odds_api_props")
    panel.get_by_role("button", name="Inject the fault").click()
    expect(panel.locator(".panel__fault")).to_contain_text("odds_api_props")
    assert simulation.active[0] == {"id": "f0", "name": "raw_file_empty", "processor": "odds_api_props"}
    simulation.open = ["INC-1 P0 Props: no data, 3 failed runs"]
    panel.get_by_role("button", name="Heal raw_file_empty").click()
    expect(panel).to_contain_text("No fault is active.")
    expect(panel.locator(".panel__open")).to_have_text("Open: INC-1 P0 Props: no data, 3 failed runs")
    simulation.open = []
    panel.get_by_role("button", name="1\u00d7", exact=True).click()
    expect(panel).to_contain_text("No fault is active, and no incident is open.")
    panel.get_by_label("Kind").select_option("alert_storm")
    expect(panel.get_by_label("Processor")).to_be_hidden()


def test_times_are_relative_to_the_clock_of_the_simulation(open_page: OpenPage, world: World) -> None:
    world.post(ALERTS, f"opened <!date^{NOW - 150}^{{ago}}|then>, due <!date^{NOW - 40 * 3600}^{{ago}}|then>")
    page = _open(open_page, Simulation(), own_clock=True)
    expect(page.locator(".panel__clock")).to_contain_text("3:00")
    page.clock.fast_forward(RENEWED_MS)
    expect(page.locator(".msg time.date")).to_have_text(["2 minutes ago", "1 day ago"])


def test_clock(open_page: OpenPage) -> None:
    simulation = Simulation()
    page = _open(open_page, simulation)
    panel = page.get_by_role("complementary", name="Pipeline")
    expect(panel.locator(".panel__clock")).to_contain_text("3:00:00 AM")
    panel.get_by_role("button", name="60\u00d7").click()
    expect(panel.get_by_role("button", name="60\u00d7")).to_have_attribute("aria-pressed", "true")
    assert simulation.speed == 60
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
