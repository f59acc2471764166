"""`python -m benchmarks.priority`: how long a P0 waits for its page while 5,000 of P3 wait for the same channel."""

import argparse
import os
import tempfile
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.domain.delivery import Act, Page, Queued
from bot.domain.findings.severity import Severity
from tests.pit.rig import Config, Pit, labels_of
from tests.pit.story import Planned, ScaledClock, Story
from tests.pit.vendors import Vendors, serving

EVERY_S = 2.0
SETTLED_S = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.priority", description=__doc__)
    parser.add_argument("--waiting", type=int, default=5_000)
    parser.add_argument("--incidents", type=int, default=100, help="of which about 60 are P0")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{options}; load {os.getloadavg()[0]:.1f}")
        print(_measured(options.waiting, options.incidents, Path(folder)), flush=True)


def _measured(waiting: int, incidents: int, folder: Path) -> str:
    """By `fireline run`'s own lanes over SQLite, in real time; channels that take everything."""
    where, story = f"sqlite:///{folder / 'state.db'}", Story(incidents, EVERY_S * incidents, 1)
    migrate(open_engine(where, patient=True))
    state, first = SqlState(open_engine(where)), story.planned[0]
    clock = ScaledClock(time.time(), 1.0)
    with serving(Vendors(clock, share=0.0, looks=0.0, hangs_s=0.0, seed=1)) as vendors:
        pit = Pit(Config(1, story, 1.0), where, folder, vendors, clock)
        pit.start(0)
        while state.response(first.name) is None:
            time.sleep(0.1)
        with state.transaction() as tx:
            tx.pages.add(_waits(number, first, pit.now()) for number in range(waiting))
        there = pit.now()
        time.sleep(story.over_s + SETTLED_S)
        engine = pit.engines[0]
        assert engine is not None
        engine.kill()
    with open_engine(where).connect() as connection:
        labels = labels_of(connection)
        left = connection.scalar(text("select count(*) from page where severity = 'P3' and state != 'sent'"))
    urgent = [each for each in story.planned if each.severity is Severity.P0 and _opened(each, state) > there]
    took = sorted(_first_s(each, labels[each.name], state, vendors) for each in urgent)
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    return f"  {len(took)} P0: first page p50 {p50:.2f} s, p99 {p99:.2f} s; {left:,} of {waiting:,} P3 wait still"


def _opened(planned: Planned, state: SqlState) -> datetime:
    response = state.response(planned.name)
    assert response is not None
    return response.opened_at


def _first_s(planned: Planned, label: str, state: SqlState, vendors: Vendors) -> float:
    begun = _opened(planned, state)
    return min((each.at - begun).total_seconds() for each in vendors.accepted if label in each.labels)


def _waits(number: int, planned: Planned, now: datetime) -> Queued:
    page = Page(
        id=f"p3-{number}",
        dedup_key=f"{planned.name}:1",
        label="INC-1",
        severity=Severity.P3,
        act=Act.TRIGGER,
        channel="slack",
        person=planned.first,
        target=f"U{planned.first}",
        created_at=now,
    )
    return Queued(page=page, incident=planned.name, not_before=now)


if __name__ == "__main__":
    main()
