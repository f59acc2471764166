"""How long it takes to verify an audit chain of 100,000 records: at most 5 s."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.domain.audit import Seal, record, verify

RECORDS, MOST_S = 100_000, 5.0
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine, seal = open_engine(Path(folder) / "state.db"), Seal(["a key"])
        migrate(engine)
        state = SqlState(engine, seal)
        _fill(state)
        began = monotonic()
        found = verify(state.audit_after(0), seal, state.audit_end())
        took = monotonic() - began
        state.close()
    assert (found.records, found.faults) == (RECORDS, ())
    print(f"{RECORDS:,} records verified in {took:.2f} s (at most {MOST_S:g} s)")
    raise SystemExit(took > MOST_S)


def _fill(state: SqlState) -> None:
    with state.transaction() as tx:
        for number in range(RECORDS):
            at, who = BEGIN + timedelta(seconds=number), f"U{number % 7}"
            tx.audit.add(record(at, who, "acknowledged", f"incident:{number % 500}", {"text": f"{who} has it"}))


if __name__ == "__main__":
    main()
