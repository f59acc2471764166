"""The configuration's files change while the process runs: everything is answered by the new ones, or by the old."""

import json
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.adapters.clock import monotonic_seconds
from bot.bootstrap import Serving, serving
from bot.cli.load import answer_load
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.verdicts.validation import ValidationRequest
from bot.opening import loading_service, warehouse
from bot.scheduler import Lanes
from bot.services.vitals import Vitals
from bot.source_lanes import SourceLanes
from tests.contracts.stories import moment
from tests.support.builders import DAY, PROCESSORS, Row, World, failed, loaded, registry, run

WORLD = World(
    runs=[run("r1", start=30), run("r2", "Summary", start=33)],
    table_loads=[loaded(hours=30.01), loaded("an.summary", hours=33.01)],
)
NEW = {"name": "Newcomer", "phase": 6, "table": "an.newcomer", "dependencies": ["Box"], "schedule_hours_et": [31]}


NOW = datetime(2026, 1, 18, 12, tzinfo=UTC)
LAYERS = [{"people": ["Ana"], "starts": "2026-01-05", "handover": "09:00"}]
ROTAS = [{"name": name, "layers": LAYERS} for name in ("primary", "secondary", "manager")]
ONCALL = json.dumps({"timezone": "UTC", "people": [{"name": "Ana", "slack": "U0ANA"}], "rotas": ROTAS})


class Running:
    """A process that serves, its configuration folder, and one look of detection at a time."""

    def __init__(self, duties: Serving, folder: Path) -> None:
        self.duties, self.folder, self._changes = duties, folder, 0

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        self._changes += 1
        os.utime(path, ns=(self._changes * 10**9, self._changes * 10**9))

    def configure(self, processors: list[dict[str, Any]]) -> None:
        self.write("registry.yaml", json.dumps({"processors": processors}))

    def look(self) -> None:
        self.duties.on_watch.before()


def audited(running: Running) -> list[str]:
    with closing(sqlite3.connect(running.folder.parent / "home" / "state.db")) as connection:
        return [act for (act,) in connection.execute("select act from audit order by seq")]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    config = tmp_path / "config"
    shutil.copytree(BUNDLED_CONFIG, config)
    (config / "registry.yaml").write_text(json.dumps({"processors": PROCESSORS}))
    settings = Settings(home=tmp_path / "home", config=config, slack_bot_token=SecretStr("xoxb-none"))
    with warehouse(settings, read_only=False) as opened:
        data = WORLD.write(tmp_path / "data")
        loading_service(opened, settings).load(data, registry(PROCESSORS), NOW, lambda _step, _rows: None)
    with serving(settings) as duties:
        yield Running(duties, config)


def test_nothing_is_read_again_while_nothing_changes(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    before = running.duties.services.health
    caplog.set_level(logging.INFO, "fireline.configuration")
    for _ in range(3):
        running.look()
    assert running.duties.services.health is before
    assert caplog.messages == []


def test_a_changed_registry_is_the_one_of_every_surface(running: Running) -> None:
    services, now = running.duties.services, NOW
    with pytest.raises(BadInput, match="no processor 'Newcomer'"):
        services.validation.of(ValidationRequest(processor="Newcomer", first=DAY, last=DAY), now)
    running.configure([*PROCESSORS, NEW])
    running.look()
    assert "Newcomer" in services.registry.by_name
    services.health.of(HealthRequest(phase=6), now)
    assert "Newcomer" in str(services.impact.of(ImpactRequest("Box"), now).dependents)
    [row] = services.validation.of(ValidationRequest(processor="Newcomer", first=DAY, last=DAY), now).rows
    assert row.processor.phase == 6
    assert "Newcomer" in str(running.duties.loading.stored_registry()), "detection and a restart go by what is stored"
    assert running.duties.probe.warnings() == ()
    assert audited(running) == ["configuration_read"]


def test_changed_channels_and_rotas_page_by_the_new_ones(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "s" * 32)
    services, paging = running.duties.services, running.duties.responding.paging
    running.write("oncall.yaml", ONCALL)
    running.look()
    (ana,) = services.oncall.plan.by_name.values()
    assert paging.target("webhook", ana) is None
    running.write("channels.yaml", "webhook: {url: 'https://hook.example.com/page', secret: '${HOOK_SECRET}'}")
    running.look()
    assert paging.target("webhook", ana) == "", "the receiver knows whom"
    (running.folder / "channels.yaml").unlink()
    running.look()
    assert paging.target("webhook", ana) is None


def test_a_configuration_with_faults_changes_nothing_and_is_said(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    services, now = running.duties.services, NOW
    before, stored = services.health, running.duties.loading.stored_registry()
    running.configure([*PROCESSORS, {**NEW, "dependencies": ["Nobody"]}])
    running.write("policy.yaml", "severity: 3\n")
    for _ in range(3):
        running.look()
    assert services.health is before
    assert running.duties.loading.stored_registry() == stored
    (line,) = caplog.messages
    assert line.startswith("the changed configuration is not used, the one before stays: ")
    assert "registry.yaml:1" in line
    assert "policy.yaml:1" in line
    said = "The configuration was changed and cannot be used, the one before stays: "
    assert any(text.startswith(said) for text in services.health.of(HealthRequest(), now).warnings)
    assert running.duties.probe.warnings()[-1].startswith(said)
    assert audited(running) == ["configuration_refused"]
    shutil.copy(BUNDLED_CONFIG / "policy.yaml", running.folder / "policy.yaml")
    running.configure([*PROCESSORS, NEW])
    running.look()
    assert "Newcomer" in services.registry.by_name
    assert running.duties.probe.warnings() == ()
    assert not any(text.startswith(said) for text in services.health.of(HealthRequest(), now).warnings)


def load(running: Running, directory: Path, processors: list[dict[str, Any]]) -> dict[str, Any]:
    """As the command line asks for it over the socket."""
    data = WORLD.but(processors=processors).write(directory)
    (data / "registry.yaml").write_text(json.dumps({"processors": processors}))
    duties, settings = running.duties, Settings(home=directory, config=running.folder)
    given = {"directory": str(data)}
    report = answer_load(duties.loading, settings, duties.services.registry, given, NOW)
    found: dict[str, Any] = json.loads(report)
    return found


def test_a_load_with_a_changed_registry_is_followed_and_says_so(running: Running, tmp_path: Path) -> None:
    report = load(running, tmp_path / "more", [*PROCESSORS, NEW])
    said = "the running process takes over the registry of more (new: Newcomer; changed: "
    assert report["registry_warnings"][0].startswith(said)
    running.look()
    assert "Newcomer" in running.duties.services.registry.by_name


def test_a_load_of_another_pipeline_is_refused(running: Running, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"another registry than the one that is served \(new: Newcomer; gone: "):
        load(running, tmp_path / "other", [{**NEW, "dependencies": []}])


def test_a_changed_policy_leaves_the_registry_of_the_data(running: Running) -> None:
    """The data may have been loaded with one of its own."""
    running.configure([*PROCESSORS, NEW])
    running.look()
    running.duties.loading.adopt(registry(PROCESSORS), NOW)
    running.write("policy.yaml", (BUNDLED_CONFIG / "policy.yaml").read_text() + "\n# changed\n")
    running.look()
    assert "Newcomer" not in running.duties.services.registry.by_name


def test_what_is_taken_out_of_shadow_is_told_by_the_running_process(tmp_path: Path) -> None:
    """And what is put into it ends where it was told."""
    config, now = tmp_path / "config", [moment(31)]
    shutil.copytree(BUNDLED_CONFIG, config)
    (config / "registry.yaml").write_text(json.dumps({"processors": PROCESSORS}))
    policy = yaml.safe_load((config / "policy.yaml").read_text())
    settings = Settings(home=tmp_path / "home", config=config, slack_bot_token=SecretStr("xoxb-none"))
    crashes = [failed(f"f{n}", category="processing_error", text="KeyError", start=30 + n / 10) for n in range(4)]
    with warehouse(settings, read_only=False) as opened:
        data = World(runs=crashes).write(tmp_path / "data")
        loading_service(opened, settings).load(data, registry(PROCESSORS), moment(31), lambda _step, _rows: None)
    with serving(settings, lambda: now[-1]) as duties:
        running = Running(duties, config)
        found = []
        for everything in (True, False):
            running.write("policy.yaml", yaml.safe_dump({**policy, "shadow": {"everything": everything}}))
            for minutes in range(1, 4):
                now.append(now[-1] + timedelta(minutes=minutes))
                duties.on_watch.detect()
            apart = duties.store.shadow.remembered(now[-1], timedelta()).incidents.values()
            found.append(([each.root for each in duties.store.open_incidents()], [each.root for each in apart]))
    assert found == [([], ["Box"]), (["Box"], [])]


MORE = [run(f"live{number}", start=33 + number / 60) for number in range(3)]


class Reading:
    """The lanes of the sources, which follow the configuration when they are asked to."""

    def __init__(self, running: Running, folder: Path) -> None:
        self.running, self.folder = running, folder
        self.lanes = Lanes(running.duties.vitals)
        self.following = SourceLanes(running.duties.sources, self.lanes)

    def give(self, name: str, rows: list[Row]) -> None:
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        columns = {column: None for row in rows for column in row}
        with closing(sqlite3.connect(path / "team.db")) as kept, kept:
            kept.execute(f"CREATE TABLE runs ({', '.join(columns)})")
            places = ", ".join("?" for _ in columns)
            texts = ([str(row.get(column) or "") or None for column in columns] for row in rows)
            kept.executemany(f"INSERT INTO runs VALUES ({places})", texts)  # noqa: S608

    def configure(self, **every: str) -> None:
        """Sources by name, each read so often."""
        entries = [
            {
                "name": name,
                "kind": "sql",
                "feeds": "runs",
                "every": often,
                "url": f"sqlite:///{self.folder / name / 'team.db'}",
                "query": "SELECT * FROM runs",
                "cursor": "inserted_at",
            }
            for name, often in every.items()
        ]
        self.running.write("sources.yaml", json.dumps({"sources": entries}))
        self.running.look()
        self.following.follow()

    def threads(self) -> dict[str, threading.Thread]:
        return {thread.name: thread for thread in threading.enumerate() if thread.name.startswith("source ")}

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not until():
            assert time.monotonic() < end
            time.sleep(0.01)

    def rows(self) -> dict[str, int]:
        return {status.plan.name: status.rows for status in self.running.duties.sources.statuses()}


@pytest.fixture
def reading(running: Running, tmp_path: Path) -> Iterator[Reading]:
    made = Reading(running, tmp_path / "team")
    yield made
    made.lanes.stop(lambda: None)


def test_sources_come_change_and_go_while_it_runs(reading: Reading) -> None:
    reading.give("first", MORE[:1])
    reading.give("second", MORE)
    reading.configure(first="1h")
    reading.wait(lambda: reading.rows() == {"first": 1})
    kept = reading.threads()["source first"]

    reading.configure(first="1h", second="1h")
    reading.wait(lambda: reading.rows() == {"first": 1, "second": 3})
    assert reading.threads()["source first"] is kept, "one that is the same goes on as it is"

    reading.configure(second="30m")
    reading.wait(lambda: not kept.is_alive())
    assert reading.rows() == {"second": 3}
    (plan,) = reading.running.duties.sources.plans
    assert plan.every == timedelta(minutes=30)
    reading.wait(lambda: set(reading.threads()) == {"source second"})
    assert reading.running.duties.vitals.wrong() == ()


def test_a_broken_sources_file_leaves_those_before_and_is_said(
    reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    reading.give("first", MORE[:1])
    reading.configure(first="1h")
    before, duties = reading.running.duties.sources.plans, reading.running.duties
    reading.running.write("sources.yaml", "sources:\n  - {name: first, kind: sql}\n")
    for _ in range(3):
        reading.running.look()
        reading.following.follow()
    assert duties.sources.plans == before
    said = [line for line in caplog.messages if "configuration is not used" in line]
    assert len(said) == 1
    assert "sources.yaml:2" in said[0]
    assert "needs feeds, url, query" in said[0]
    (warning,) = duties.probe.warnings()
    assert "sources.yaml:2" in warning
    assert warning in duties.services.health.of(HealthRequest(), NOW).warnings
    (reading.running.folder / "sources.yaml").unlink()
    reading.running.look()
    assert duties.sources.plans == before
    assert "sources.yaml is gone" in duties.probe.warnings()[0]


def test_a_source_read_once_an_hour_is_no_lane_that_hangs(reading: Reading) -> None:
    reading.give("first", MORE[:1])
    reading.configure(first="1h")
    reading.wait(lambda: reading.rows() == {"first": 1})
    seconds = monotonic_seconds()
    late = Vitals(lambda: seconds)
    lanes = Lanes(late)
    SourceLanes(reading.running.duties.sources, lanes).follow()
    seconds += 3_600
    assert late.wrong() == ()
    lanes.stop(lambda: None)
