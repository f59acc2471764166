"""What a replay leaves behind: its files, each written whole or not at all, and a summary."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.outputs import write_output
from bot.cli.replay_lines import notification_lines
from bot.domain.counts import plural

if TYPE_CHECKING:
    from bot.services.recorded import Replayed


def write_all(replayed: "Replayed", out: Path, report: Path | None, chart: Path | None) -> None:
    """Raises BadInput for a file that cannot be written."""
    write_output(out, "".join(f"{line}\n" for line in notification_lines(replayed.decisions)).encode())
    if report is not None:
        from bot.views.replay import markdown

        write_output(report, markdown(replayed.report).encode())
    if chart is not None:
        from bot.views.replay_chart import draw_timeline

        write_output(chart, draw_timeline(replayed.report).png)


def summary_line(replayed: "Replayed", out: Path) -> str:
    report = replayed.report
    counts = {"message": len(report.messages), "update": report.updates, "page": len(report.pages)}
    said = ", ".join(plural(count, noun) for noun, count in counts.items())
    return f"{report.first:%Y-%m-%d %H:%M} to {report.last:%Y-%m-%d %H:%M} UTC: {said}; written to {out}"


def summary_json(replayed: "Replayed") -> str:
    report = replayed.report
    document = {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "step_seconds": report.step.total_seconds(),
        "messages": len(report.messages),
        "updates": report.updates,
        "pages": len(report.pages),
        "pages_at_night": report.pages_at_night,
        "by_kind": [
            {"severity": severity, "kind": kind, "messages": count}
            for (severity, kind), count in sorted(report.counted().items())
        ],
        "kept_quiet": {str(reason): len(decisions) for reason, decisions in report.quiet.items()},
        "failed_runs": report.noise.raw_failures,
        "rejected_rows": len(replayed.loaded.rejected),
        "warnings": report.warnings,
    }
    return json.dumps(document, indent=2)
