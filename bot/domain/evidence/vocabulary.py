"""The words of run histories: how other tools name columns, states and causes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from bot.domain.evidence.runs import VOCABULARIES, Category, Status

Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Vocabulary:
    """`columns`: our name -> other names, the first that is there counts. The others: lower-case word -> its meaning.

    `causes`: what a status word says of the cause, where the row records none. `triggers`: words for ours.
    """

    columns: Words
    statuses: Mapping[str, Status]
    categories: Mapping[str, Category]
    causes: Mapping[str, Category]
    triggers: Mapping[str, str]

    def extended(
        self, columns: Words, statuses: Mapping[str, Status], categories: Mapping[str, Category]
    ) -> "Vocabulary":
        """With words of a team's own, which count before the standard ones."""
        merged = {name: (*columns.get(name, ()), *self.columns.get(name, ())) for name in {**self.columns, **columns}}
        return replace(
            self,
            columns=merged,
            statuses={**self.statuses, **_lower(statuses)},
            categories={**self.categories, **_lower(categories)},
        )

    @property
    def fingerprint(self) -> str:
        """Changes whenever a word means something else."""
        words = (self.columns, self.statuses, self.categories, self.causes, self.triggers)
        told = [sorted((word, str(meaning)) for word, meaning in each.items()) for each in words]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @classmethod
    def standard(cls) -> Self:
        """What Airflow, dbt, Dagster, Prefect, Argo and the like write."""
        statuses = {word: status for status, words in _STATUSES.items() for word in words}
        return cls(_COLUMNS, statuses, {**VOCABULARIES, **_CATEGORIES}, _CAUSES, _TRIGGERS)


T = TypeVar("T")


def _lower(words: Mapping[str, T]) -> dict[str, T]:
    return {word.strip().casefold(): meaning for word, meaning in words.items()}


_COLUMNS: Words = {
    "run_id": ("dag_run_id", "invocation_id", "execution_id", "job_run_id"),
    "processor_name": ("scraper_name", "dag_id", "job_name", "pipeline_name", "flow_name", "task_name", "model_name"),
    "data_date": ("analysis_date", "execution_date", "logical_date", "partition_date", "business_date", "run_date"),
    "started_at": ("start_date", "start_time", "started", "start_ts", "start_timestamp"),
    "completed_at": ("end_date", "end_time", "ended_at", "finished_at", "completed", "end_ts", "end_timestamp"),
    "status": ("state", "run_status", "result", "outcome"),
    "records_processed": ("record_count", "rows_affected", "row_count", "rows_processed", "records"),
    "duration_seconds": ("duration", "execution_time", "elapsed_seconds"),
    "failure_category": ("error_category", "failure_type"),
    "error_message": ("error", "error_text", "exception", "failure_reason", "failure_message"),
    "attempt": ("try_number", "attempt_number", "run_attempt"),
    "trigger": ("run_type", "trigger_type", "triggered_by"),
    "last_heartbeat_at": ("latest_heartbeat", "last_heartbeat", "heartbeat_at"),
    "inserted_at": ("recorded_at", "ingested_at"),
}

_STATUSES = {
    Status.SUCCESS: (
        "succeeded", "successful", "ok", "pass", "passed", "complete", "completed", "done", "finished", "warn",
        "warning",
    ),
    Status.FAILED: (
        "fail", "failure", "error", "errored", "runtime error", "upstream_failed", "up_for_retry", "shutdown",
        "crashed", "timeout", "timed_out", "timedout", "timed out", "canceled", "cancelled", "aborted", "killed",
        "terminated",
    ),
    Status.SKIPPED: ("skip", "removed", "omitted", "noop", "no-op"),
    Status.RUNNING: (
        "started", "in_progress", "in progress", "queued", "scheduled", "pending", "starting", "restarting", "deferred",
        "up_for_reschedule", "active",
    ),
}  # fmt: skip

_CATEGORIES = {
    "upstream_failed": Category.UPSTREAM_FAILURE,
    "timed_out": Category.TIMEOUT,
    "timedout": Category.TIMEOUT,
    "no_data": Category.NO_DATA_AVAILABLE,
    "validation_error": Category.VALIDATION_FAILED,
    "test_failed": Category.VALIDATION_FAILED,
}

_CAUSES = {
    "upstream_failed": Category.UPSTREAM_FAILURE,
    "timeout": Category.TIMEOUT,
    "timed_out": Category.TIMEOUT,
    "timedout": Category.TIMEOUT,
    "timed out": Category.TIMEOUT,
}

_TRIGGERS = {
    "scheduled": "schedule",
    "cron": "schedule",
    "timetable": "schedule",
    "polling": "poll",
    "retried": "retry",
}
