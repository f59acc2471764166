"""What a source has brought: kept in the transaction of its rows, and learnt from them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.adapters.warehouse.engine import Engine, Session
from bot.domain.sources import REMEMBERED, Arrivals, Feed
from bot.ports.warehouse import SourceMark, SourceRead

NAMED = (Feed.RUNS, Feed.TABLE_LOADS, Feed.RAW_FILES)
"""Files whose rows have a name and a moment."""


def source_marks(held: Engine | Session) -> dict[str, SourceMark]:
    return {row[0]: _mark(*row) for row in held.rows("source_marks")}


def _mark(*row: Any) -> SourceMark:
    *figures, brings, arrivals = row
    mark = SourceMark(*figures)
    return replace(mark, brings=_brings(brings), arrivals=Arrivals.of(arrivals))


def _brings(text: str) -> dict[Feed, frozenset[str]]:
    return {Feed(feed): frozenset(names) for feed, names in json.loads(text).items()}


def source_reads(engine: Engine) -> dict[str, SourceRead]:
    return {row[0]: SourceRead(*row) for row in engine.rows("source_reads")}


def remember_read(engine: Engine, read: SourceRead) -> None:
    with engine.write() as session:
        session.run("remember_read", vars(read))


def learnt(session: Session, before: SourceMark, staged: Iterable[Feed], now: datetime) -> tuple[str, str]:
    """What it brings and when its rows come, with those that are staged; as they are stored."""
    brings, arrivals = dict(before.brings), before.arrivals
    for feed in staged:
        if feed not in NAMED:
            brings[feed] = frozenset()
            continue
        brings[feed] = brings.get(feed, frozenset()) | {name for (name,) in session.rows(f"names_{feed}")}
        since = arrivals.newest or now - REMEMBERED
        moments = session.rows(f"minutes_{feed}", {"since": since, "now": now})
        arrivals = arrivals.including(moment for (moment,) in moments)
    return _text(brings), arrivals.text()


def _text(brings: Mapping[Feed, frozenset[str]]) -> str:
    return json.dumps({feed: sorted(names) for feed, names in brings.items()})
