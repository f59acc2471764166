"""A fault strikes the simulated pipeline, and its incident stands in the alerts channel: the demo, clock in hand."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.bootstrap import app_services, on_watch
from bot.cli.demo_config import configure
from bot.cli.demo_world import Living, read_all
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.domain.findings.severity import Severity
from bot.domain.health.model import Colour, HealthRequest
from bot.domain.incidents.decisions import Outcome
from bot.opening import warehouse
from bot.reading import Services
from bot.services.on_watch import TICK, OnWatch
from bot.sourcing import sources_service
from bot.state_adapters import state
from handlers.replies import WorkPool
from sandbox.pipeline.history import write_history
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.moments import EASTERN
from sandbox.pipeline.synthetic import complete
from tests.support.slack_bench import ALERTS
from tests.support.slack_thread import Beside, beside

END = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
STRUCK = "PlayerGameSummaryProcessor"
"""Its slot is at 07:00 UTC."""


class Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def written(home: Path, end: datetime, days: int, seed: int) -> Path:
    """A home with a history that is not read yet."""
    registry = complete(yaml.safe_load((BUNDLED_CONFIG / "registry.yaml").read_text(encoding="utf-8")))
    write_history(home / "data", registry, end, days=days, seed=seed)
    return home


def configured(settings: Settings) -> Settings:
    return settings.model_copy(update={"config": configure(settings, settings.home / "data")})


class Demo:
    """What `fireline demo` holds, moved on by hand."""

    def __init__(self, stack: ExitStack, home: Path, slack: Beside, end: datetime) -> None:
        self.slack, self.clock = slack, Clock(end)
        made = slack.workspace
        token = SecretStr(made.credentials.bot_token)
        data = home / "data"
        self.settings = configured(Settings(home=home, slack_bot_token=token, slack_api_url=made.api_url))
        self.pipeline = Pipeline(data)
        self.living = Living(self.pipeline, self.clock, WorkPool())  # type: ignore[arg-type]
        self.opened, self._stack = stack.enter_context(warehouse(self.settings, read_only=False)), stack
        self.restart()
        read_all(self.services.sources)

    def restart(self) -> None:
        """Another process takes over, as after kill -9."""
        kept = self._stack.enter_context(state(self.settings))
        self.services = app_services(self.opened, self.settings, self.living.now, kept)
        self.watching: OnWatch = on_watch(self.opened, self.settings, self.services, kept)

    def forward(self, minutes: int, step: timedelta = TICK) -> None:
        end = self.clock.moment + timedelta(minutes=minutes)
        while self.clock.moment < end:
            self.clock.moment += step
            asyncio.run(self.living.step())
            read_all(self.services.sources)
            self.watching.detect()
            self.watching.tell_urgent()
            self.watching.tell()

    def messages(self) -> list[dict[str, Any]]:
        return [each for each in self.slack.messages(ALERTS) if each.get("thread_ts") in (None, each["ts"])]

    def about(self, processor: str) -> list[dict[str, Any]]:
        return [message for message in self.messages() if processor in message["text"]]


@contextmanager
def demo_at(home: Path, end: datetime) -> Iterator[Demo]:
    with beside() as slack, ExitStack() as stack:
        yield Demo(stack, home, slack, end)


@pytest.fixture(scope="module")
def five_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose history was read once, for all tests that go on from it."""
    home = written(tmp_path_factory.mktemp("five days"), END, days=5, seed=7)
    settings = configured(Settings(home=home))
    with warehouse(settings, read_only=False) as opened:
        read_all(sources_service(opened, settings, lambda: END))
    return home


@pytest.fixture
def demo(five_days: Path, tmp_path: Path) -> Iterator[Demo]:
    with demo_at(copytree(five_days, tmp_path / "home"), END) as made:
        yield made


def test_an_incident_is_reported_within_one_tick_and_nothing_without_a_fault(demo: Demo) -> None:
    demo.forward(2)
    before = len(demo.messages())
    demo.forward(100, timedelta(minutes=10))
    assert len(demo.messages()) == before, "nothing has happened"

    struck_at = demo.clock.moment
    demo.pipeline.inject("processor_crash", struck_at, STRUCK)
    demo.forward(36, timedelta(minutes=12))
    assert not demo.about(STRUCK), "two failures are no series"
    waited = 0
    while not demo.about(STRUCK) and waited < 60:
        demo.forward(1)
        waited += 1
    (message,) = demo.about(STRUCK)
    with state(demo.settings) as kept:
        decisions = kept.decisions(struck_at, demo.clock.moment + TICK)
    (told,) = [each for each in decisions if each.outcome is Outcome.ANNOUNCE and each.severity is not Severity.P3]
    assert told.at - told.finding.evident_at < 2 * TICK, "at the next tick, after half a minute to group"
    assert told.at == demo.clock.moment, "said at the tick that decided it"
    assert f"P0 {STRUCK}: no data for 13 Jan" in message["text"]
    assert "3 failed runs since 07:02 UTC: google.api_core.exceptions.BadReq" in message["text"]
    health = demo.services.health.of(HealthRequest(), demo.clock.moment + TICK)
    assert health.noise.alerts == len(demo.slack.messages(ALERTS)), "each message and each update in a thread"
    assert 0 < health.noise.raw_failures - health.noise.kept_quiet == health.noise.real, "each has its place"
    assert (health.overall, health.reasons[0].name) == (Colour.RED, "open_p0")
    assert f" P0 {STRUCK}: no data, 3 failed runs, opened " in health.reasons[0].text, "as its card says"

    demo.restart()
    demo.forward(3)
    assert len(demo.about(STRUCK)) == 1, "not said again by the next process"


TOUR = "NbacGamebookProcessor"
"""The fault that the demo's welcome and its document name: processor_crash of this one."""


@pytest.mark.parametrize("hour", [7, 19])
def test_the_tours_fault_shows_within_two_minutes_at_any_hour_and_heals(hour: int, tmp_path: Path) -> None:
    end = datetime(2026, 1, 14, hour, 7, tzinfo=EASTERN).astimezone(UTC)
    with demo_at(written(tmp_path, end, days=2, seed=1), end) as demo:
        demo.forward(1)
        fault = demo.pipeline.inject_visibly("processor_crash", demo.clock.moment, TOUR)
        demo.forward(2, timedelta(seconds=30))
        (message,) = demo.about(f"{TOUR}: no data for")
        assert "Resolved" not in message["text"]
        demo.pipeline.heal_and_repair(fault.id, demo.clock.moment)
        demo.forward(6, timedelta(minutes=3))
        (message,) = demo.about(f"{TOUR}: no data for")
        assert re.match(r"👀 Back: ", message["text"]), "said as soon as the data is there, whatever joins"
        assert re.search(r"\d+ rows for 1\d Jan.* It is watched until \d\d:\d\d UTC", message["text"])
        demo.forward(18, timedelta(minutes=6))
        (message,) = demo.about(f"{TOUR}: no data for")
        assert "Resolved" in message["text"]


def test_without_the_process_the_command_line_gives_the_same_answers(demo: Demo) -> None:
    """Open incidents are read from the state."""
    demo.forward(2)
    demo.pipeline.inject_visibly("processor_crash", demo.clock.moment, TOUR)
    demo.forward(3)
    served = demo.services.health.of(HealthRequest(), demo.clock.moment)
    assert re.search(rf"{TOUR}: no data, \d+ failed runs?, opened ", str(served.reasons))
    with ExitStack() as closing:
        asked = demo.settings.model_copy(update={"config": BUNDLED_CONFIG})
        alone = Services(demo.opened, asked, closing).health.of(HealthRequest(), demo.clock.moment)
    assert alone == replace(served, sources=())
    ages = {status.plan.name: status.age for status in served.sources}
    assert ages == dict.fromkeys(("windows", "schedule", "raw_files", "tables", "history", "pushed"), timedelta())
