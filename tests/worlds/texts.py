"""Error texts by category in three unrelated wordings; `a` is the recorded worlds' own, `blank` has none."""

from __future__ import annotations

from random import Random

Wording = dict[str, tuple[str, ...]]

A: Wording = {
    "no_data_available": (
        "NoDataAvailableError: no games scheduled on {day}",
        "No new roster data for {day}; nothing to process",
        "API returned 0 events for {day}",
        "No data available for {day}",
        "HTTP 404: gamebook not published yet for {day}",
        "Empty response from source for {day} (before 30s timeout window)",
    ),
    "processing_error": (
        "ValueError: could not convert string to float: 'DNP'",
        "MemoryError while building frame (n=48211)",
        "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'",
        "google.api_core.exceptions.BadRequest: 400 Invalid value for field minutes",
        "KeyError: 'player_id' in transform_row",
        "403 Access Denied: Table write permission missing",
    ),
    "validation_failed": (
        "ValidationError: 212 of 340 rows failed schema check minutes>=0",
        "Row count validation failed: duplicates found on (game_id, player_id)",
        "Data quality check failed: null rate 0.41 > 0.05 on player_id",
    ),
    "timeout": (
        "Operation timed out after 1800 seconds",
        "DeadlineExceeded: 504 deadline exceeded calling BigQuery",
        "TimeoutError: processing exceeded 1800s hard limit",
    ),
    "upstream_failure": (
        "Dependency check failed: {parent} missing rows for {day}",
        "UpstreamDependencyError: {parent} has not completed for {day}",
        "Upstream {parent} not ready for {day} after waiting 600s",
    ),
    "scrape": (
        "Read timed out. (read timeout=30) host=api.{source}.example",
        "ReadTimeout contacting {source} via proxy after 30s",
    ),
    "outage": (
        "503 Service Unavailable: warehouse backend error",
        "403 Quota exceeded: Your project exceeded quota for concurrent queries",
    ),
    "rate": (
        "429 Too Many Requests from {source}; retry attempt {attempt}",
        "Quota exceeded: rateLimitExceeded on jobs.insert; retry {attempt}",
    ),
    "janitor": ("Stale running cleanup: marked failed by janitor",),
    "complete": ("Output already complete for {day}; skipping",),
    "no_games": ("No games on {day}; skipping",),
    "marker": ("Already processed successfully for {day}; skipping",),
}
B: Wording = {
    "no_data_available": (
        "nothing published by the provider so far ({day})",
        "feed is empty, will look again later",
        "zero fixtures in calendar on {day}",
        "source unchanged since last visit; leaving",
        "object listing for {day} came back with 0 entries",
    ),
    "processing_error": (
        "AttributeError: 'list' object has no attribute 'get'",
        "ZeroDivisionError: division by zero in rate column",
        "pandas.errors.MergeError: Merge keys are not unique in right dataset",
        "IndexError: list index out of range (boxscore.rows[3])",
        'psycopg2.errors.UndefinedColumn: column "plus_minus" does not exist',
    ),
    "validation_failed": (
        "quality gate refused batch: 17 of 24 expectations unmet",
        "constraint violated: points must be between 0 and 110",
        "schema drift detected: column team_abbr expected STRING got INT64",
    ),
    "timeout": (
        "worker killed: wall clock budget exhausted",
        "asyncio.exceptions.TimeoutError",
        "query job cancelled, ran longer than its allowance",
    ),
    "upstream_failure": (
        "waiting on {parent}: no output found for {day}",
        "prerequisite {parent} is not green",
        "aborting, parent task {parent} has no marker for {day}",
    ),
    "scrape": ("socket.timeout: {source} did not answer", "gateway {source}: connect took too long, giving up"),
    "outage": ("UNAVAILABLE: transport is closing", "internal error encountered, please try again (backend)"),
    "rate": ("slow down: {source} throttles us (try {attempt})", "RESOURCE_EXHAUSTED: tokens used up, try {attempt}"),
    "janitor": ("reaper: abandoned execution closed",),
    "complete": ("all rows present for {day}, nothing left to do",),
    "no_games": ("calendar is empty on {day}, not started",),
    "marker": ("success marker found for {day}, not running again",),
}
C: Wording = {
    "no_data_available": (
        "SourceEmpty day={day}",
        "E1001 no input",
        "rien: 0 items fetched",
        "skipped by guard NO_INPUT ({day})",
    ),
    "processing_error": (
        "E5000 unhandled: UnicodeDecodeError: 'utf-8' codec can't decode byte 0x92",
        "panic: RecursionError: maximum recursion depth exceeded",
        "OSError: [Errno 28] No space left on device",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    ),
    "validation_failed": (
        "E3000 assertion on output: uniqueness(player, game) = false",
        "great_expectations: suite raw_basic unsuccessful (3 unmet)",
        "rejected: 41% of values missing in min_played",
    ),
    "timeout": ("E4000 lease expired", "context deadline exceeded", "SIGALRM after 30m"),
    "upstream_failure": (
        "E2000 blocked_by={parent} day={day}",
        "input table of {parent} stale ({day})",
    ),
    "scrape": ("E4100 {source}: no bytes in 30s", "curl: (28) {source}: too slow"),
    "outage": ("E9000 bigquery: backendError", "E9001 jobRateLimit: concurrent slots used up"),
    "rate": ("E9429 {source} back-off #{attempt}", "E9430 throttled #{attempt}"),
    "janitor": ("E4999 closed by sweeper",),
    "complete": ("noop COMPLETE {day}",),
    "no_games": ("noop NOGAME {day}",),
    "marker": ("noop MARKER {day}",),
}
WORDINGS: dict[str, Wording | None] = {"a": A, "b": B, "c": C, "blank": None}


class Phrasebook:
    """Draws a text for a key in one wording."""

    def __init__(self, name: str, random: Random) -> None:
        self._wording = WORDINGS[name]
        self._random = random

    def say(self, key: str, **names: object) -> str | None:
        """A text of this key with its names filled in; None in the wordless wording."""
        if self._wording is None:
            return None
        return self._random.choice(self._wording[key]).format(**names)
