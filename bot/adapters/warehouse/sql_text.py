"""The SQL of every query and statement: one BigQuery-dialect text each, in `sql/NAME.sql`, with includes resolved.

`{name}` stands for the text of another file; `{name:key=value,…}` fills that file's `{key}` first.
"""

import re
from functools import cache
from pathlib import Path

from bot.domain.errors import BadInput, suggest

SQL_DIRECTORY = Path(__file__).parent / "sql"
_INCLUDE = re.compile(r"\{([a-z_]+)(?::([^}]*))?\}")


@cache
def query_names() -> tuple[str, ...]:
    """The texts that stand alone; the others are fragments, with places that only the text around them fills."""
    texts = {path.stem: path.read_text() for path in SQL_DIRECTORY.glob("*.sql")}
    return tuple(sorted(name for name in texts if all(place[1] in texts for place in _INCLUDE.finditer(texts[name]))))


def query_text(name: str) -> str:
    """The text of a query that stands alone. Raises BadInput, with the nearest names, for any other name."""
    if name not in query_names():
        raise BadInput(f"There is no query {name!r}. {suggest(name, query_names())}".rstrip())
    return sql_text(name)


@cache
def sql_text(name: str, **filled: str) -> str:
    """The full text of a query or, with its places filled, of a fragment."""
    text = (SQL_DIRECTORY / f"{name}.sql").read_text().strip()
    return _INCLUDE.sub(lambda match: _resolve(match, filled), text)


def _resolve(match: re.Match[str], filled: dict[str, str]) -> str:
    name, arguments = match[1], match[2]
    if name in filled:
        return filled[name]
    pairs = [(key, value) for key, _, value in (pair.partition("=") for pair in (arguments or "").split(",")) if key]
    return sql_text(name, **dict(pairs))


def statements(text: str) -> list[str]:
    """The statements of a script, split at semicolons that end a line."""
    return [part.strip() for part in re.split(r";\s*(?:\n|$)", text) if part.strip()]
