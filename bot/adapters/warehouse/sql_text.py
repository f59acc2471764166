"""The SQL of every query and statement: one BigQuery-dialect text each, in `sql/NAME.sql`, with includes resolved.

`{name}` stands for the text of another file; `{name:key=value,…}` fills that file's `{key}` first.
"""

import re
from functools import cache
from pathlib import Path

from bot.domain.errors import BadInput, suggest

SQL_DIRECTORY = Path(__file__).parent / "sql"
_INCLUDE = re.compile(r"\{([a-z_]+)(?::([^}]*))?\}")


def query_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in SQL_DIRECTORY.glob("*.sql")))


@cache
def sql_text(name: str, **filled: str) -> str:
    """The full text of a query. Raises BadInput for a name that does not exist."""
    path = SQL_DIRECTORY / f"{name}.sql"
    if name not in query_names():
        raise BadInput(f"There is no query {name!r}. {suggest(name, query_names())}".rstrip())
    return _INCLUDE.sub(lambda match: _resolve(match, filled), path.read_text().strip())


def _resolve(match: re.Match[str], filled: dict[str, str]) -> str:
    name, arguments = match[1], match[2]
    if name in filled:
        return filled[name]
    pairs = [(key, value) for key, _, value in (pair.partition("=") for pair in (arguments or "").split(",")) if key]
    return sql_text(name, **dict(pairs))


def statements(text: str) -> list[str]:
    """The statements of a script, split at semicolons that end a line."""
    return [part.strip() for part in re.split(r";\s*(?:\n|$)", text) if part.strip()]
