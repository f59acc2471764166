"""`fireline demo` as a person meets it: the wheel alone, the real process, the real page, a real browser."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from sandbox.phones.calls import NO_ANSWER, RINGS_AT_LEAST_S
from sandbox.pipeline.database import FILE_NAME
from tests.house.project import ROOT
from tests.support import demo_story, wheel
from tests.support.chromium import Windows
from tests.support.demo_story import pass_by, simulation

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
READY_S = 180
ANSWER_MS = 20_000
CHARTS = re.compile("^(Success rate by day|Failed runs of|Duration of)")
LEAVE_THREAD = re.compile("^(Close thread|Back)$")
SHOTS = os.environ.get("SCREENSHOTS")
"""The folder that gets the README's pictures: SCREENSHOTS=docs/images make one T=tests/e2e/test_demo.py"""
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PICTURES = ("card-1280", "card-390", "health-1280", "trend-1280", "phones-1280", "phones-390")
TOUR = "NbacGamebookProcessor"


@pytest.fixture(scope="module")
def fireline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel.installed(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(home: Path, fireline: Path) -> Iterator[str]:
    """The address of a running demo; it must end cleanly when told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(fireline), "demo", "--port", str(port), "--home", str(home)]
    log = home / "log"
    with (
        log.open("w") as stream,
        subprocess.Popen(command, cwd=home, stdout=stream, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _wait_until_ready(process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert process.wait(20) == 0, log.read_text()
    assert "Traceback" not in log.read_text()


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + READY_S
    while "Three things to try" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.2)


def said(*command: str | Path, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


def test_the_wheel_alone_knows_its_version_and_the_bundled_configuration(fireline: Path, tmp_path: Path) -> None:
    assert said(fireline, "--version", cwd=tmp_path) == f"fireline {VERSION}\n"
    assert "bot/bundled/config/nba: 18 processors" in " ".join(said(fireline, "check-config", cwd=tmp_path).split())
    assert "slash_commands" in said(fireline, "manifest", cwd=tmp_path)


def test_the_wheel_holds_the_product_and_no_tests(fireline: Path) -> None:
    [packed] = fireline.parents[2].glob("*.whl")
    inside = zipfile.ZipFile(packed).namelist()
    folders = {name.split("/")[0] for name in inside}
    assert folders == {"bot", "handlers", "sandbox", f"fireline-{VERSION}.dist-info"}
    assert not [name for name in inside if "/tests/" in name]
    fonts = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LICENSE")
    assert {f"bot/views/fonts/{name}" for name in fonts} <= set(inside), "pictures have their words on any machine"


def test_the_wheel_alone_runs_the_demo(demo: str) -> None:
    with urllib.request.urlopen(f"{demo}/", timeout=10) as answer:
        assert answer.status == 200


@contextmanager
def opened(windows: Windows, demo: str, size: ViewportSize, channel: str = "C02MONITOR") -> Iterator[Page]:
    with windows.opened(demo, viewport=size, color_scheme="dark" if size == PHONE else "light") as page:
        page.set_default_timeout(ANSWER_MS)
        expect.set_options(timeout=ANSWER_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{demo}/?user=U01ALEX#/{channel}")
        page.get_by_role("textbox", name=re.compile("Message")).first.wait_for()
        yield page
    assert errors == []


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, demo: str, windows: Windows) -> Iterator[Page]:
    with opened(windows, demo, request.param) as made:
        yield made


def shot(page: Page, name: str) -> None:
    size = page.viewport_size or {"width": 0, "height": 0}
    picture = f"{name}-{size['width']}"
    if SHOTS and picture in PICTURES:
        page.screenshot(path=Path(SHOTS) / f"{picture}.png", animations="disabled")


def ask(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name=re.compile("Message")).first
    box.click()
    box.press_sequentially(text)
    box.press("Escape")
    box.press("Enter")


def answers(page: Page, title: str) -> Locator:
    """Messages of the app under a heading of that title."""
    heading = page.get_by_role("heading", name=re.compile(title))
    return page.get_by_role("article").filter(has=heading)


def answered(page: Page, text: str, title: str) -> Locator:
    """The answer to a command, once it is there."""
    found = answers(page, title)
    before = found.count()
    ask(page, text)
    expect(found).to_have_count(before + 1)
    return found.last


def test_the_incidents_of_the_history_are_in_the_alerts_channel(page: Page, demo: str) -> None:
    page.goto(f"{demo}/?user=U01ALEX#/C03ALERTS")
    incident = page.get_by_role("article").filter(has_text=re.compile(r"\bP[01]\b")).last
    if SHOTS:  # the picture is of one that blocks others and has a deadline
        if page.viewport_size == DESK:
            simulation(demo, "faults", {"name": "processor_crash", "processor": TOUR})
        incident = page.get_by_role("article").filter(has_text=re.compile("blocked.*due")).last
    incident.wait_for(timeout=READY_S * 1000)
    incident.evaluate("shown => shown.scrollIntoView()")  # in one step: an edit may draw it anew at any time
    expect(incident.get_by_role("button").first).to_be_visible()
    shot(page, "card")
    if SHOTS and page.viewport_size == PHONE:  # the last of the two: what follows begins without it
        for each in (one for one in simulation(demo, "faults")["active"] if one["name"] == "processor_crash"):
            simulation(demo, f"faults/{each['id']}", method="DELETE")


def test_someone_asks_how_the_pipeline_is(page: Page) -> None:
    found = answers(page, "Pipeline health:")
    before = found.count()
    ask(page, "/health")
    expect(found).to_have_count(before + 1)
    shot(page, "health")

    refresh = found.last.get_by_role("button", name="Refresh").element_handle()
    refresh.click()
    page.wait_for_function("button => !button.isConnected", arg=refresh)  # the edited message has come
    expect(page.get_by_text("edited")).to_have_count(0)
    expect(found).to_have_count(before + 1)

    found.last.get_by_role("button", name="Show the query").click()
    modal = page.get_by_role("dialog")
    expect(modal).to_contain_text("FROM daily_counts")
    modal.get_by_role("button", name="Close").last.click()
    expect(modal).to_have_count(0)


def test_someone_looks_into_a_phase_and_its_trend(page: Page) -> None:
    phase = answered(page, "/health phase 5", "Phase 5:")
    expect(phase).to_contain_text("PredictionCoordinator")
    phase.get_by_role("button", name="Trend").click()
    phase.get_by_text("1 reply").click()
    charts = page.get_by_role("complementary").get_by_role("img", name=CHARTS)
    expect(charts).to_have_count(3)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_js_property("complete", True)
        assert chart.evaluate("picture => picture.naturalWidth") > 0
    shot(page, "trend")
    page.get_by_role("complementary").get_by_role("button", name=LEAVE_THREAD).locator("visible=true").click()
    overview = phase.get_by_role("button", name="Overview")
    overview.wait_for()  # on a phone the channel comes back into sight only now, and only then can be counted
    whole = answers(page, "Pipeline health:")
    before = whole.count()
    overview.click()
    expect(whole).to_have_count(before + 1)


def test_someone_finds_a_processor_by_typing(page: Page) -> None:
    whole = answered(page, "/health", "Pipeline health:")
    others, mine = answers(page, "Pipeline health:"), answers(page, "NbacGamebookProcessor:")
    before = (others.count(), mine.count(), page.get_by_role("article").count())
    whole.get_by_role("combobox", name="Find a processor").click()
    page.keyboard.type("gamebook")
    found = page.get_by_role("option")
    expect(found).to_have_text(["GamebookRegistryProcessor", "NbacGamebookProcessor"])
    found.last.click()
    expect(mine).to_have_count(before[1] + 1)
    expect(others).to_have_count(before[0] - 1)
    expect(page.get_by_role("article")).to_have_count(before[2])


def test_another_person_reads_the_same_answer_in_their_own_time(page: Page, demo: str) -> None:
    ask(page, "/health")
    mine = answers(page, "Pipeline health:").last
    expect(mine).to_contain_text("Last 7 days")
    before = mine.inner_text()
    page.goto(f"{demo}/?user=U03JORDAN#/C02MONITOR")
    theirs = answers(page, "Pipeline health:").last
    expect(theirs).to_contain_text("Last 7 days")
    assert theirs.inner_text() != before


def sources(fireline: Path, home: Path) -> dict[str, dict[str, Any]]:
    told = json.loads(said(fireline, "sources", "--json", "--home", home, cwd=home))
    return {each["source"]: each for each in told}


def test_fireline_knows_the_pipeline_through_sources_that_follow_its_speed(
    fireline: Path, home: Path, demo: str
) -> None:
    """The one that is read each minute is read many times a minute, and brings what the pipeline has written: it is
    three minutes on before two of the machine's have passed.
    """
    (database,) = home.glob(f"**/{FILE_NAME}")
    before = sources(fireline, home)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as kept:
        ((written,),) = kept.execute("SELECT count(*) FROM processor_run_history").fetchall()
    assert before["history"]["rows"] >= written
    simulation(demo, "clock", {"speed": 120})
    try:
        end = time.monotonic() + 120
        wanted = datetime.fromisoformat(before["windows"]["synced_at"]) + timedelta(minutes=3)
        while datetime.fromisoformat((now := sources(fireline, home))["windows"]["synced_at"]) < wanted:
            assert time.monotonic() < end, f"the lanes go by another clock: {now}"
    finally:
        simulation(demo, "clock", {"speed": 1})
    assert all(each["error"] == "" for each in now.values())


def gone_for_a_day(home: Path, processor: str = TOUR) -> str:
    """A data date whose loss is a P0 whatever the time is: it has been whole, and is older than a day."""
    (database,) = home.glob(f"**/{FILE_NAME}")
    query = (
        "SELECT max(data_date) FROM processor_run_history WHERE processor_name = ? AND status = 'success'"
        " AND records_processed > 0 AND data_date < date('now', '-2 days')"
    )
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as kept:
        ((day,),) = kept.execute(query, [processor]).fetchall()
    return str(day)


def calls(demo: str, incident: str) -> list[tuple[str, str]]:
    """Whom the phone has rung for an incident, the first first, and what has become of it."""
    entries = reversed(simulation(demo, "phones")["entries"])
    return [
        (each["person"], each["state"]) for each in entries if (each["kind"], each["incident"]) == ("call", incident)
    ]


def until_rung(demo: str, incident: str, person: str) -> None:
    """Time flies until then, and passes as ours does afterwards."""
    simulation(demo, "clock", {"speed": 60})
    try:
        end = time.monotonic() + READY_S
        while person not in dict(calls(demo, incident)):
            assert time.monotonic() < end, f"nobody called {person}"
            time.sleep(0.1)
    finally:
        simulation(demo, "clock", {"speed": 1})


def test_a_p0_pages_one_after_the_other_until_somebody_answers(demo: str, home: Path, windows: Windows) -> None:
    """On a desk and on a phone: the fault, the card, a call that nobody takes, the next one, the repair, the end."""
    with opened(windows, demo, DESK, "C03ALERTS") as desk, opened(windows, demo, PHONE, "C03ALERTS") as phone:
        turns = {each["turn"]: each["person"] for each in simulation(demo, "phones")["phones"]}
        given = {"name": "processor_crash", "processor": TOUR, "date": gone_for_a_day(home)}
        fault = simulation(demo, "faults", given)["fault"]["id"]
        simulation(demo, "clock", {"speed": 60})
        card = desk.get_by_role("article").filter(has_text=re.compile(f"P0 {TOUR}: no data"))
        expect(card).to_have_count(1, timeout=READY_S * 1000)
        (incident,) = set(re.findall(r"INC-\d+", card.text_content() or ""))
        cards = [each.get_by_role("article").filter(has_text=f"{incident} ·") for each in (desk, phone)]
        until_rung(demo, incident, turns["primary"])

        phone.get_by_role("status").get_by_role("button", name="Look").click()
        rings = phone.locator(f"[data-person={turns['primary']}]")
        expect(rings).to_contain_text(f"Incoming callP0{incident}")
        expect(rings).to_contain_text(f"PagerDuty alertP0{incident}")
        until_rung(demo, incident, turns["secondary"])
        shot(phone, "phones")

        desk.get_by_role("button", name="Phones").click()
        second = desk.locator(f"[data-person={turns['secondary']}]")
        second.get_by_role("button", name="Answer").click()
        expect(second).to_contain_text(f"P0 {incident}: {TOUR}: no data")
        shot(desk, "phones")
        second.get_by_role("button", name="Press 1").click()
        expect(second).to_contain_text(f"Pressed 1.{incident} is acknowledged. Goodbye.")
        name = second.get_by_role("heading").inner_text()
        for card in cards:
            expect(card).to_contain_text(name)
        expect(rings).to_contain_text(re.compile("PagerDuty alert *acknowledged"))
        rung = [person for person, _ in calls(demo, incident)]

        simulation(demo, f"faults/{fault}", method="DELETE")
        simulation(demo, "clock", {"speed": 120})
        try:
            for card in cards:
                expect(card).to_contain_text("Resolved", timeout=READY_S * 1000)
            expect(rings).to_contain_text(re.compile("PagerDuty alert *resolved"))
        finally:
            simulation(demo, "clock", {"speed": 1})
        until_rung_out(demo, incident, turns["primary"])
        assert [person for person, _ in calls(demo, incident)] == rung, "nobody was called after that"


def until_rung_out(demo: str, incident: str, person: str) -> None:
    """A phone rings for a quarter of a minute of ours at least, however fast time flies."""
    end = time.monotonic() + 2 * RINGS_AT_LEAST_S
    while (person, NO_ANSWER) not in (said := calls(demo, incident)):
        assert time.monotonic() < end, f"the phone of {person} rings on: {said}"
        time.sleep(0.1)


def test_an_incident_is_repaired_by_two_people_and_proved_by_the_data(demo: str, home: Path, windows: Windows) -> None:
    """The fault, the card, a runbook, a plan that needs a second person, the repair, the proof, the receipt."""
    root, before = "BdlBoxscoresProcessor", simulation(demo, "clock")["now"]
    with opened(windows, demo, DESK, "C03ALERTS") as alex, opened(windows, demo, PHONE, "C03ALERTS") as sam:
        sam.goto(f"{demo}/?user=U02SAM#/C03ALERTS")
        given = {"name": "zero_records", "processor": root, "date": gone_for_a_day(home, root)}
        fault = simulation(demo, "faults", given)["fault"]["id"]
        simulation(demo, "clock", {"speed": 60})
        card = alex.get_by_role("article").filter(has_text=re.compile(f"P0 {root}: no data")).last
        card.wait_for(timeout=READY_S * 1000)
        simulation(demo, "clock", {"speed": 1})
        (incident,) = set(re.findall(r"INC-\d+", card.text_content() or ""))
        demo_story.looked_into(alex, incident)
        demo_story.processed_again(demo, home, given["date"], before)
        demo_story.asked_for(alex, incident)
        repair = demo_story.approved(sam, alex)
        simulation(demo, "clock", {"speed": 60})
        try:
            done = sam.get_by_role("article").filter(has_text=f"{repair} is done").last
            expect(done).to_contain_text(re.compile(r"(\d+) of \1 done: \1 proved right"), timeout=READY_S * 1000)
            mended = alex.get_by_role("article").filter(has_text=f"{incident} · opened").last
            expect(mended).to_contain_text("Resolved", timeout=READY_S * 1000)
            expect(mended).to_contain_text("Proof: ")
        finally:
            simulation(demo, "clock", {"speed": 1})
            simulation(demo, f"faults/{fault}", method="DELETE")
        done.get_by_role("button", name="Receipt").click()
        expect(sam.get_by_text(re.compile("[Rr]eceipt")).last).to_be_visible()
        mended.get_by_role("button", name="Postmortem").click()
        expect(alex.get_by_text(re.compile("[Pp]ostmortem")).last).to_be_visible()


def test_a_broken_deploy_is_rolled_back_by_two_people_and_its_pin_is_shown_until_released(
    demo: str, windows: Windows
) -> None:
    """What was deployed before the failures is told in facts; the code is put right ten minutes after the rollback."""
    service = "nba-phase2-raw-processors"
    with opened(windows, demo, DESK, "C03ALERTS") as alex, opened(windows, demo, PHONE, "C03ALERTS") as sam:
        sam.goto(f"{demo}/?user=U02SAM#/C03ALERTS")
        simulation(demo, "faults", {"name": "deploy_regression", "processor": TOUR})
        simulation(demo, "clock", {"speed": 10})
        card = alex.get_by_role("article").filter(has_text=re.compile("failed run.*(Import|Attribute|Type)Error")).last
        card.wait_for(timeout=READY_S * 1000)
        later = partial(pass_by, demo, timedelta(minutes=5), 20)  # deployments are looked at every ten seconds of ours
        later()
        said = re.compile(rf"{service}: .* after revision 3; \d+ of \d+ runs since failed")
        demo_story.told_in_evidence(card, said, later)
        demo_story.rolled_back(alex, sam, service)
        assert "deploy_regression" not in str(simulation(demo, "faults")["active"])
        pass_by(demo, timedelta(minutes=15), speed=60)
        demo_story.released(alex, service)
