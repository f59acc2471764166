"""An impact as CSV: the processor asked about, its dependents worst first, the retired last. Times are UTC."""

import csv
import io
from datetime import datetime

from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact

COLUMNS = (
    *("processor", "hops", "phase", "kind", "criticality", "owner", "table", "stale", "stale_reason", "next_slot"),
    *("deadline", "minutes_to_breach", "latest_start", "minutes_to_start", "critical_path", "last_run"),
)


def impact_csv(impact: Impact) -> str:
    """`stale` is yes, no, or empty when it is unknown; `last_run` is filled for the retired alone."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(item) for item in (impact.subject, *impact.dependents))
    for gone in impact.retired:
        writer.writerow([gone.processor, *[""] * 7, "retired", *[""] * 6, gone.last_run or "never"])
    return stream.getvalue()


def _row(item: Affected) -> list[object]:
    processor, deadline = item.processor, item.deadline
    stale = {True: "yes", False: "no", None: ""}[item.staleness.stale]
    row: list[object] = [processor.name, item.hops, processor.phase, processor.kind, processor.criticality or ""]
    row += [processor.owner or "", processor.bigquery_table or "", stale, item.staleness, _moment(item.next_slot)]
    if deadline is None:
        return [*row, *[""] * 6]
    path = " > ".join(step.processor for step in deadline.critical_path)
    row += [_moment(deadline.due_at), f"{deadline.minutes_to_breach:.1f}"]
    return [*row, _moment(deadline.latest_start), f"{deadline.minutes_to_start:.1f}", path, ""]


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
