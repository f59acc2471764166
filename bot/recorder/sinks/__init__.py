"""Where runs are told: over HTTP, or a table of run history. Each loads its driver when it is first used."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from bot.recorder.answers import Answer

TABLE = "processor_run_history"
ADDRESSES = "https://HOST, bigquery://PROJECT.DATASET.TABLE, duckdb:///FILE, or a database address of SQLAlchemy"


class Sink(Protocol):
    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take events, also such as it has: then nothing changes. Returns those that make no sense to it; raises where
        it cannot be reached.
        """
        ...

    def done(self, processor: str, data_date: str) -> Answer:
        """Raises where it cannot be reached."""
        ...


@runtime_checkable
class Stops(Protocol):
    """A sink whose work has to be over before the interpreter ends."""

    def stop(self) -> None:
        """The process ends: what is being sent is given up soon, which raises there. Nothing is sent any more."""
        ...


def sink_of(address: str) -> Sink | None:
    """By its address; `?table=NAME` names another table. "": None. Raises ValueError."""
    if not address:
        return None
    scheme, _, rest = address.partition("://")
    plain, _, table = rest.partition("?table=")
    if scheme in ("http", "https"):
        from bot.recorder.sinks.endpoint import EndpointSink

        return EndpointSink(address)
    if scheme == "bigquery":
        from bot.recorder.sinks.bigquery import BigQuerySink

        return BigQuerySink(plain)
    if scheme == "duckdb":
        from bot.recorder.sinks.embedded import DuckDBSink

        return DuckDBSink(plain.removeprefix("/") if not plain.startswith("//") else plain[1:], table or TABLE)
    if rest:
        from bot.recorder.sinks.database import DatabaseSink

        return DatabaseSink(f"{scheme}://{plain}", table or TABLE)
    raise ValueError(f"{address[:40]!r} is no sink: write {ADDRESSES}")
