"""What failing runs write into error_message, by category; {d} data date, {s} source, {n} a number, {u} upstream."""

from random import Random

NO_GAMES = (
    "NoDataAvailableError: no games scheduled on {d}",
    "No games found for {d}; nothing to process",
    "No data available for {d}",
)
NOT_PUBLISHED = (
    "NoDataAvailableError: {s} not published yet for {d}",
    "HTTP 404: {s} has nothing for {d}",
    "API returned 0 events for {d}",
    "Empty response from source for {d} (before 30s timeout window)",
    "No data available for {d}",
)
NOTHING_NEW = (
    "No new data for {d} since the last poll",
    "NoDataAvailableError: all files for {d} already seen",
    "API returned 0 new events for {d}",
)
ROSTER_UNCHANGED = (
    "No new roster data for {d}; nothing to process",
    "NoDataAvailableError: rosters unchanged on {d}",
    "Roster page not modified since last fetch (304); no data for {d}",
)
PROCESSING = (
    "KeyError: 'player_id' in transform_row",
    "ValueError: could not convert string to float: 'DNP'",
    "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'",
    "google.api_core.exceptions.BadRequest: 400 Invalid value for field minutes",
    "MemoryError while building frame (n={n})",
    "403 Access Denied: Table write permission missing",
)
TRANSIENT = (
    "503 Service Unavailable: warehouse backend error",
    "ConnectionResetError: [Errno 104] Connection reset by peer",
    "google.api_core.exceptions.InternalServerError: 500 Retrying the job may solve the problem",
)
COORDINATOR = (
    "RuntimeError: worker batch {n} returned 503 Service Unavailable",
    "google.api_core.exceptions.Conflict: 409 concurrent update to prediction batch {n}",
    "AttributeError: 'NoneType' object has no attribute 'features'",
)
DEPLOY = (
    "ImportError: cannot import name 'RowMapper' from 'processors.base'",
    "TypeError: load_rows() got an unexpected keyword argument 'batch_size'",
    "AttributeError: module 'config' has no attribute 'TABLE_PREFIX'",
)
VALIDATION = (
    "Data quality check failed: null rate 0.41 > 0.05 on player_id",
    "ValidationError: {n} rows failed schema check minutes>=0",
    "Row count validation failed: duplicates found on (game_id, player_id)",
)
TIMEOUT = (
    "TimeoutError: processing exceeded {n}s hard limit",
    "Operation timed out after {n} seconds",
    "DeadlineExceeded: 504 deadline exceeded calling BigQuery",
)
SCRAPE_TIMEOUT = (
    "Read timed out. (read timeout=30) host=api.{s}.example",
    "ReadTimeout contacting {s} via proxy after 30s",
)
UPSTREAM = (
    "UpstreamDependencyError: {u} has not completed for {d}",
    "Upstream {u} not ready for {d} after waiting 600s",
    "Dependency check failed: {u} missing rows for {d}",
)
UPSTREAM_PARTIAL = (
    "UpstreamDependencyError: coverage of {u} for {d} is {n} %, below 90 %",
    "Dependency check failed: {u} has only {n} % of the expected rows for {d}",
)
SOURCE_ERROR = "HTTP 500: odds feed returned an internal error"
INFRASTRUCTURE = (
    "403 Quota exceeded: Your project exceeded quota for concurrent queries",
    "503 Service Unavailable: warehouse backend error",
)
RATE_LIMIT = (
    "Quota exceeded: rateLimitExceeded on jobs.insert; retry {n}",
    "429 Too Many Requests from {s}; retry attempt {n}",
)
JANITOR = "Stale running cleanup: marked failed by janitor"
RESTARTED = "Terminated: the service was restarted"
REPLACED = "Killed: replaced by a manual run after its heartbeat stopped"
SKIP_COMPLETE = "Output already complete for {d}; skipping"
SKIP_DONE = "Already processed successfully for {d}; skipping"
SKIP_NO_GAMES = "No games on {d}; skipping"
SKIP_RUNNING = "Another run for {d} is in progress; skipping"


def pick(draw: Random, texts: tuple[str, ...], **values: object) -> str:
    return draw.choice(texts).format(**values)
