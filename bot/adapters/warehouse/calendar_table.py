"""The calendar in the warehouse: which (processor, date) there are and when each is judged."""

from collections.abc import Iterable, Sequence, Set
from datetime import date, timedelta

from bot.adapters.warehouse.engine import SEPARATOR, Session
from bot.domain.evidence.platform_facts import PlatformFacts

AHEAD = timedelta(days=400)
"""Laid this far beyond the newest date, so that a pipeline which has stopped is still judged."""
ENOUGH_AHEAD = timedelta(days=60)


Days = tuple[date | None, date | None]


def lay_calendar(
    session: Session, platform: PlatformFacts, staged: Set[str], days: Iterable[Days] = (), *, rebuild: bool
) -> bool:
    """Write processors and slots for every date of the data; returns whether the calendar was written. `days`: the
    first and the last data date of the runs just read, by file.
    """
    held = session.rows("evidence_span") if rebuild or staged != {"runs"} else []
    first, last = _span([*held, *days])
    if first is None or last is None:
        return False
    ((have_first, have_last),) = session.rows("calendar_span")
    enough = have_first is not None and have_first <= first and have_last >= last + ENOUGH_AHEAD
    if enough and not rebuild:
        return False
    first = min(first, have_first or first)
    last = max(last + AHEAD, have_last or last)
    session.fill(
        "processors",
        (
            "processor_name",
            "phase",
            "source",
            "table_name",
            "expects",
            "input_kind",
            "file_is_output",
            "runs_on_no_game_days",
            "timeout_seconds",
        ),
        [
            (
                p.name,
                p.phase,
                p.source,
                p.table,
                p.expects,
                p.input_kind,
                p.file_is_output,
                p.runs_on_no_game_days,
                p.timeout_seconds,
            )
            for p in platform.processors
        ],
    )
    upstream = [(p.name, table) for p in platform.processors for table in p.upstream_tables]
    session.fill("upstream_tables", ("processor_name", "table_name"), upstream)
    session.run("stage_slots")
    slots = [(SEPARATOR.join(names), day, judged_at) for names, day, judged_at in platform.judgements(first, last)]
    session.fill("stage_slots", ("names", "data_date", "judged_at"), slots)
    session.run("lay_slots", {"separator": SEPARATOR})
    return True


def _span(found: Sequence[Days]) -> Days:
    firsts = [first for first, _ in found if first is not None]
    lasts = [last for _, last in found if last is not None]
    return min(firsts, default=None), max(lasts, default=None)
