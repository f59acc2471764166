"""Write a run history of a given size into the embedded warehouse's tables, as 30 days of loads would leave it.

Deterministic for one version of DuckDB: every choice is a hash of the run's number.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks import pipeline
from benchmarks.pipeline import loads, registry
from bot.adapters.warehouse.calendar_table import lay_calendar
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Session
from bot.adapters.warehouse.refresh import Changes, known, refresh_evidence
from bot.adapters.warehouse.sql_text import SQL_DIRECTORY
from bot.config.policy import load_policy
from bot.config.settings import BUNDLED_CONFIG
from bot.domain.evidence import answers
from bot.domain.evidence.platform_facts import PlatformFacts, platform_facts
from bot.domain.evidence.text_rules import category_of
from bot.ports.warehouse import Hints

DAYS = 30
END = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""Every run has ended and is known by then. A Monday, after the storm."""
START = END - timedelta(days=DAYS)
CATEGORIES_SINCE = date(2026, 2, 10)
"""Older rows have no failure_category."""

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class World:
    """A warehouse in `home` with `runs` runs in [START, END); its roll-up is not built yet when it is new."""

    home: Path
    runs: int

    @property
    def file(self) -> Path:
        return self.home / "warehouse.duckdb"

    def engine(self) -> DuckDBEngine:
        return DuckDBEngine(self.file, cache_directory=self.home / "sql-cache")


def recipe() -> str:
    """Names what a history is made of: one that was made otherwise is not used again."""
    product = [*(SQL_DIRECTORY / name for name in ("schema.sql", "run_cells.sql")), Path(answers.__file__)]
    texts = [*sorted(SQL.glob("*.sql")), Path(__file__), Path(pipeline.__file__), *product]
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()[:8]


def facts() -> PlatformFacts:
    return platform_facts(registry())


def hints() -> Hints:
    """What the bundled text rules make of the error texts."""
    rules = load_policy(BUNDLED_CONFIG / "policy.yaml").failure_text_rules
    return Hints(lambda text: category_of(text, rules) or "", repr(tuple(rules)))


def write_history(engine: DuckDBEngine, runs: int) -> None:
    """Runs in the order of their start, game calendar, raw files, table loads, and the product's own evidence."""
    with engine.write() as session:
        connection = session.reader()
        days = {"first": START.date(), "last": END.date()}
        end = {"end": END.replace(tzinfo=None)}
        connection.execute((SQL / "game_schedule.sql").read_text(), {**days, **end})
        lay_calendar(session, facts(), {"game_schedule"}, rebuild=True)
        connection.execute((SQL / "raw_files.sql").read_text(), {**days, **end})
        connection.execute((SQL / "table_loads.sql").read_text(), {**days, **end})
        nothing = known(session)
        changes = Changes(
            frozenset({"game_schedule"}), everything=True, platform=True, appended=True, newest=END, now=END
        )
        refresh_evidence(session, facts(), changes, nothing)
        _remember(session, runs)
    with engine.write() as session:
        connection = session.reader()
        prepare_runs(connection)
        start = START.replace(tzinfo=None)
        connection.execute((SQL / "hours.sql").read_text(), {"start": start, "hours": DAYS * 24, "runs": runs})
        connection.execute("INSERT INTO runs " + select_runs("bench_hours"))


def prepare_runs(connection: duckdb.DuckDBPyConnection) -> None:
    """What `select_runs` draws from, in temporary tables of this connection."""
    connection.execute(
        "CREATE OR REPLACE TEMP MACRO chance(i, salt) AS (hash(i * 16 + salt) >> 11) / 9007199254740992.0"
    )
    _processors(connection)
    connection.execute((SQL / "slots.sql").read_text())


def select_runs(hours: str) -> str:
    """The SELECT that makes the runs of a table of (start_hour, first_run, runs), in the columns of `runs`."""
    text = (SQL / "runs.sql").read_text().replace("{hours}", hours)
    return text.replace("{end}", f"{END:%Y-%m-%d %H:%M:%S}").replace("{categories_since}", str(CATEGORIES_SINCE))


def _processors(connection: duckdb.DuckDBPyConnection) -> None:
    """`bench_processors`: each with the span [low, high) of the unit interval that its runs are drawn from."""
    total, low, rows = sum(load.weight for load in loads()), 0.0, []
    for load in loads():
        high = low + load.weight / total
        p = load.processor
        rows.append((p.name, p.phase, p.polling, low, high, load.failed, load.median_s, p.timeout_seconds))
        low = high
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE bench_processors (processor_name VARCHAR, phase BIGINT, polling BOOLEAN,"
        " low DOUBLE, high DOUBLE, failed DOUBLE, median_s DOUBLE, timeout_s DOUBLE)"
    )
    connection.executemany("INSERT INTO bench_processors VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _remember(session: Session, runs: int) -> None:
    platform = facts()
    known = {"platform": platform.fingerprint, "registry": platform.document, "rules": hints().fingerprint}
    for name, value in known.items():
        session.run("remember_fact", {"name": name, "value": value})
    session.reader().execute((SQL / "loaded_files.sql").read_text(), {"end": END.replace(tzinfo=None), "runs": runs})
