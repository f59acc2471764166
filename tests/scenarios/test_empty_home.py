"""A process that starts with sources and an empty home: it works once they bring something, and says so until then."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.bootstrap import Serving, serving
from bot.cli.load import answer_load
from bot.cli.sources import answer_sources
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from bot.domain.findings.finding import FindingKind
from bot.domain.health.model import HealthRequest
from bot.domain.sources import SourceFailed
from bot.scheduler import running
from bot.source_lanes import SourceLanes
from tests.contracts.sources import rigs
from tests.support.builders import World, loaded, registry_yaml, run

SOURCES = """
sources:
  - name: history
    kind: sql
    feeds: runs
    url: sqlite:///{folder}/history.db
    query: SELECT * FROM history
    cursor: inserted_at
    columns: {{processor_name: job, records_processed: n}}
"""


@pytest.fixture
def duties(tmp_path: Path) -> Iterator[Serving]:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.yaml").write_text(SOURCES.format(folder=tmp_path))
    (config / "registry.yaml").write_text(registry_yaml())
    (config / "policy.yaml").write_text("blindness: {failing_minutes: 1, failing_reads: 1}\n")
    (config / "slos.yaml").write_text("phases: []\n")
    settings = Settings(home=tmp_path / "home", config=config, slack_bot_token=SecretStr("xoxb-1"))
    with serving(settings) as found:
        yield found


def test_it_works_after_the_first_read(duties: Serving, tmp_path: Path) -> None:
    services, now = duties.services, duties.services.now()
    with pytest.raises(BadInput, match="no run history yet"):
        services.health.of(HealthRequest(), now)
    duties.on_watch.detect()
    assert list(duties.probe.sources()) == ["source history has not been read yet"]
    recent = (now - timedelta(days=2)).date()
    with rigs.sqlite(tmp_path) as rig:
        rig.put([run(f"r{n}", start=n, day=recent) for n in range(20)])
    assert '"added": 20' in answer_sources(duties.sources, services.blindness.policy, {"act": "sync", "name": None})
    duties.on_watch.detect()
    report = services.health.of(HealthRequest(), services.now())
    assert report.total.runs == 20
    assert [status.plan.name for status in report.sources] == ["history"]


def test_files_are_loaded_beside_the_sources(duties: Serving, tmp_path: Path) -> None:
    services = duties.services
    with rigs.sqlite(tmp_path) as rig:
        rig.put([run("r", start=30)])
    duties.sources.sync("history")
    World(table_loads=[loaded()]).write(tmp_path / "more")
    (tmp_path / "more" / "registry.yaml").unlink()
    settings = Settings(home=tmp_path / "home", config=tmp_path / "config")
    given = {"directory": str(tmp_path / "more")}
    told = answer_load(duties.loading, settings, services.registry, given, services.now())
    assert '"added": 1' in told


def test_a_source_that_never_answers_is_said_before_there_is_any_history(
    duties: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = duties.services.now()
    with pytest.raises(SourceFailed):
        duties.sources.sync("history")
    later = began + timedelta(minutes=10)

    def clock() -> datetime:
        return later

    monkeypatch.setattr(duties.sources, "_clock", clock)
    monkeypatch.setattr(duties.on_watch, "_clock", clock)
    duties.on_watch.detect()
    opened = duties.services.incidents._required_state().open_incidents()
    assert [incident.kind for incident in opened] == [FindingKind.SOURCE_BLIND]


class SourceClock:
    """It stands still until it is moved."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def counts(duties: Serving, runs: int) -> bool:
    services = duties.services
    return services.health.of(HealthRequest(), services.now()).total.runs == runs


def test_a_row_is_in_health_when_its_sources_interval_has_passed(duties: Serving, tmp_path: Path) -> None:
    """Nothing else is waited for: by the clock of the source, which stands still meanwhile, it takes no second more."""
    services, clock, interval = duties.services, SourceClock(), duties.sources.plans[0].every.total_seconds()
    recent = (services.now() - timedelta(days=2)).date()
    with rigs.sqlite(tmp_path) as rig, running([], duties.vitals) as lanes:
        rig.put([run("r0", start=0, day=recent)])
        SourceLanes(duties.sources, lanes, clock).start()
        eventually(lambda: duties.sources.statuses()[0].rows == 1)
        for n in range(1, 4):
            clock.at += 0.7 * interval
            committed_at = clock.at
            rig.put([run(f"r{n}", start=n, day=recent)])
            clock.at = committed_at + interval
            eventually(partial(counts, duties, n + 1))
            assert clock.at <= committed_at + interval + 1
