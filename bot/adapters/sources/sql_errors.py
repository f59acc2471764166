"""What a database refused, in words, with the remedy."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from bot.adapters.sources.sql_engine import CONNECT_S
from bot.domain.redaction import redacted
from bot.domain.sources import SourceFailed

_REMEDIES = (
    (r"permission denied for (?:table|relation|view|schema) (\S+)", "GRANT SELECT ON {0} TO the user of this address."),
    (
        r"password authentication failed|access denied|authentication failed|role .* does not exist",
        "Check the user and its password.",
    ),
    (r"database .*does not exist|unknown database", "Correct the name of the database in url."),
    (
        r"could not (?:translate|connect)|failed to resolve|name or service not known|connection (?:refused|failed)"
        r"|no answer within|timeout expired|no route|is closed|connection is bad",
        "Check the host, the port and the network.",
    ),
    (r"column .*does not exist|no such column|unknown column", "Correct the query in sources.yaml."),
    (
        r"(?:relation|table) .*does(?: not|n't) exist|no such table",
        "Correct the query in sources.yaml, or its url.",
    ),
    (r"closed the connection|terminating connection|shutting down|starting up", "It is tried again from where it was."),
    (r"statement timeout|canceling statement", "Give the cursor column an index, or the query a narrower WHERE."),
    (r"database is locked", "It is tried again."),
    (r"syntax error", "Correct the query in sources.yaml."),
)


@contextmanager
def explained(address: str) -> Iterator[None]:
    """`address` as the configuration has it, with its places for secrets."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = _first_line(error)
        raise SourceFailed(f"{redacted(address)}: {reason}", _remedy(reason)) from error


def _remedy(reason: str) -> str:
    for pattern, remedy in _REMEDIES:
        found = re.search(pattern, reason, re.IGNORECASE)
        if found:
            return remedy.format(*(found.groups() or ("",)))
    return "Try the query in a console with the same user."


def _first_line(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, StatementError | DBAPIError) and error.orig is not None else error
    lines = [line.strip() for line in redacted(str(cause)).splitlines() if line.strip()]
    said = lines[0].rstrip(".") if lines else type(cause).__name__
    return f"no answer within {CONNECT_S} s" if "connection timeout expired" in said else said
