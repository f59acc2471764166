"""The recorded worlds' error texts in other words, so that rules are measured on what they were not written from."""

import re

PARAPHRASES = (
    (r"^NoDataAvailableError: no games.*", "Skipping: the league plays nothing that day"),
    (r"^API returned 0 events.*", "Feed answered with an empty list of events"),
    (r"^No data available.*", "There was no data to be had at the source"),
    (r"^No new roster data.*", "Rosters are the same as last time, so there is nothing to do"),
    (r"^HTTP 404: gamebook.*", "The gamebook has not been put online yet (404)"),
    (r"^Empty response from source.*", "The source gave back an empty body, well within the time limit"),
    (r"^Quota exceeded.*", "BigQuery refused the job: too many jobs at once, trying again"),
    (r"^\d+ Too Many Requests.*", "We are being rate limited by the provider (429)"),
    (r"^\d+ Quota exceeded.*", "403 the project ran out of its quota for queries"),
    (r"^\d+ Service Unavailable.*", "Backend of the warehouse is down, 503"),
    (r"^TypeError.*", "Cannot add None and an integer (TypeError)"),
    (r"^MemoryError.*", "Killed: the container ran out of memory"),
    (r"^\d+ Access Denied.*", "Permission denied when writing to the table"),
    (r"^ValueError.*", "Not a number: 'DNP' (ValueError in cast)"),
    (r"^google\.api_core.*", "BadRequest 400: the field minutes holds an invalid value"),
    (r"^KeyError.*", "Column player_id is missing from the row dict: KeyError"),
    (r"^Operation timed out.*", "Gave up because the operation took too long"),
    (r"^DeadlineExceeded.*", "504: the deadline for the query passed"),
    (r"^TimeoutError.*", "Aborted at the hard time limit of the processor"),
    (r"^Read timed out.*", "No answer within the read timeout from api.syn_a.example"),
    (r"^ReadTimeout.*", "httpx.ReadTimeout while talking to syn_a through the proxy"),
    (r"^Stale running.*", "Run was hung and has been closed by the cleaner"),
    (r"^Upstream (\w+) not ready.*", r"Still waiting for \1, giving up on this date"),
    (r"^UpstreamDependencyError: (\w+).*", r"\1 must finish first; it has no successful run"),
    (r"^Dependency check failed: (\w+).*", r"Required input of \1 is not there"),
    (r"^Data quality check failed.*", "Too many nulls in player_id (31 %, 5 % allowed)"),
    (r"^Row count validation.*", "The same (game_id, player_id) appears more than once: load refused by the checks"),
    (r"^ValidationError.*", "12 of 240 rows do not satisfy minutes >= 0"),
)


def paraphrase(text: str) -> str:
    """The text in other words; unchanged when it is none of the recorded ones."""
    for pattern, words in PARAPHRASES:
        if re.match(pattern, text):
            return re.sub(pattern, words, text)
    return text
