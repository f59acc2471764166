"""What a database refused, in words, with the remedy."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from bot.adapters.sources.sql_engine import CONNECT_S
from bot.domain.redaction import redacted
from bot.domain.sources import SourceFailed

_DENIED = re.compile(r"permission denied for (?:(schema|database)|\w+(?: \w+)?) \"?([^\s\";:]+)", re.IGNORECASE)
_REMEDIES = (
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
    (r"not a database|malformed", "Restore the file, or correct url in sources.yaml."),
    (r"syntax error", "Correct the query in sources.yaml."),
)


@contextmanager
def explained(address: str) -> Iterator[None]:
    """`address` as the configuration has it, with its places for secrets."""
    try:
        yield
    except SQLAlchemyError as error:
        reason, statement = _first_line(error), getattr(error, "statement", None) or ""
        remedy = _grant(reason, _user(address), statement) or _remedy(reason)
        raise SourceFailed(f"{redacted(address)}: {reason}", remedy) from error


def _grant(reason: str, user: str, statement: str) -> str | None:
    """What to run in the database for what it has denied. Its `statement` has the schema of a table."""
    found = _DENIED.search(reason)
    if found is None:
        return None
    kind, name = found[1], found[2]
    if kind:
        right = "USAGE" if kind.casefold() == "schema" else "CONNECT"
        return f"As its owner run `GRANT {right} ON {kind.upper()} {name} TO {user};`."
    schema = re.search(rf'(?<![\w"])([\w"]+\."?){re.escape(name)}(?!\w)', statement)
    return f"As its owner run `GRANT SELECT ON {schema[0] if schema else name} TO {user};`."


def _user(address: str) -> str:
    """As the address names it."""
    found = re.search(r"://([^:/@\s]+)(?::[^@\s]*)?@", address)
    name = unquote(found[1]) if found else "USER"
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*|\$\{\w+\}|USER", name) else f'"{name}"'


def _remedy(reason: str) -> str:
    found = (remedy for pattern, remedy in _REMEDIES if re.search(pattern, reason, re.IGNORECASE))
    return next(found, "Try the query in a console with the same user.")


def _first_line(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, StatementError | DBAPIError) and error.orig is not None else error
    lines = [line.strip() for line in redacted(str(cause)).splitlines() if line.strip()]
    said = lines[0].rstrip(".") if lines else type(cause).__name__
    return f"no answer within {CONNECT_S} s" if "connection timeout expired" in said else said
