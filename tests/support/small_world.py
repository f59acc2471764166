"""A generated world that is quick to load and to replay: few polls, a month of dates, the faults at its end."""

from datetime import UTC, datetime
from pathlib import Path

from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.domain.evidence.observation import Observed
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import LoadReport
from bot.services.loading import LoadingService
from bot.services.replay import ALWAYS, FAR
from tests.support import builders
from tests.support.replay_worlds import PROJECT
from tests.worlds.model import Options
from tests.worlds.world import make

FAULTS = frozenset(
    {"upstream_cascade", "repeated_failure", "zero_records_processor", "idempotency_block", "missing_run"}
)
FIRST, LAST = datetime(2026, 2, 27, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)
"""A span with several of the faults."""
READ_AT = datetime(2026, 4, 1, tzinfo=UTC)


def written(directory: Path) -> Path:
    make(directory, Options(3, days=30, volume=0.02, faults=FAULTS))
    return directory


def loaded(directory: Path) -> tuple[Registry, Observed, LoadReport]:
    registry = load_registry(directory / "registry.yaml").registry
    warehouse = builders.warehouse()
    rules = load_policy(PROJECT / "config" / "nba" / "policy.yaml").failure_text_rules
    report = LoadingService(warehouse, rules).load(directory, registry, READ_AT, lambda _step, _rows: None)
    observed = warehouse.observed(ALWAYS, FAR)
    warehouse.close()
    return registry, observed, report
