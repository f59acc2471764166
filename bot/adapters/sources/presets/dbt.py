"""dbt: the runs that its `run_results.json` tells of."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.sources.files import Artifacts, FilesSource
from bot.domain.evidence.runs import Category
from bot.domain.sources import Feed

RESULTS = "run_results"
BUILDS_NOTHING = frozenset({"compile", "docs", "generate", "show", "list", "ls", "parse"})
"""Commands that write results too: https://docs.getdbt.com/reference/artifacts/run-results-json"""
FAILED = frozenset({"error", "fail", "runtime error", "partial success"})


def dbt_source(path: str, lateness: timedelta, seconds: Callable[[], float]) -> FilesSource:
    """`path`: a folder with all below it, or a pattern. `seconds` since 1970, by the clock of the file system."""
    return FilesSource(path, Feed.RUNS, lateness, {}, seconds, Artifacts(RESULTS, write_runs))


def write_runs(results: Path, rows: Path) -> None:
    """A line a run. A file that is none of dbt's becomes a line that is rejected by the file's name."""
    try:
        document = json.loads(results.read_text(encoding="utf-8"))
        found = [json.dumps(row) for row in runs_of(document)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = [f"no results of dbt: {type(error).__name__}"]
    rows.write_text("".join(line + "\n" for line in found), encoding="utf-8")


def runs_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The runs of one invocation, in our columns: of each model or test one. Their data date is the moment at which it
    began.
    """
    metadata, command = document["metadata"], document.get("args", {}).get("which")
    if command in BUILDS_NOTHING:
        return
    ended = _moment(metadata["generated_at"])
    given = metadata.get("invocation_started_at")
    began = _moment(given) if given else ended - timedelta(seconds=float(document.get("elapsed_time") or 0))
    for result in document["results"]:
        yield {
            "run_id": f"{result['unique_id']} {metadata['invocation_id']}",
            "processor_name": result["unique_id"],
            "data_date": began.isoformat(),
            **_span(result, ended),
            **_outcome(result),
            "inserted_at": ended.isoformat(),
        }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _span(result: Mapping[str, Any], ended: datetime) -> dict[str, Any]:
    """What was skipped took no time: it is put at the end of the invocation."""
    timing = [each for each in result.get("timing") or () if each.get("started_at") and each.get("completed_at")]
    started = min((each["started_at"] for each in timing), default=ended.isoformat())
    completed = max((each["completed_at"] for each in timing), default=ended.isoformat())
    return {"started_at": started, "completed_at": completed, "duration_seconds": result.get("execution_time")}


def _outcome(result: Mapping[str, Any]) -> dict[str, Any]:
    """A test that fails refuses the data. What a message says of a success is no error."""
    status = str(result["status"]).lower()
    failed = status in FAILED
    return {
        "status": "failed" if failed else status,
        "failure_category": Category.VALIDATION_FAILED.value if status == "fail" else None,
        "error_message": result.get("message") if failed or status == "skipped" else None,
        "records_processed": _rows(result),
    }


def _rows(result: Mapping[str, Any]) -> int | None:
    """Rows that were written. A view has none, and some adapters give -1 where they do not know."""
    response = result.get("adapter_response") or {}
    rows = response.get("rows_affected")
    says = f"{response.get('code') or ''} {response.get('_message') or ''}".upper()
    return rows if isinstance(rows, int) and rows >= 0 and "VIEW" not in says else None
