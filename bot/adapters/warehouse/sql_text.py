"""The SQL of every query and statement: one BigQuery-dialect text each, in `sql/NAME.sql`, with includes resolved.

`{name}` stands for the text of another file; `{name:key=value,…}` fills that file's `{key}` first.
"""

import re
from functools import cache
from pathlib import Path

from bot.domain.errors import BadInput, suggest

SQL_DIRECTORY = Path(__file__).parent / "sql"
_COMMENT = re.compile(r"--.*")
_ASKS = re.compile(r"\s*(SELECT|WITH)\b")
_OF_A_LOAD = re.compile(r"@(?:fingerprints?|kind|staged|calendar)\b")
_READS = re.compile(r"\b(?:FROM|JOIN) ([a-z_]+)")
_NAMED = re.compile(r"(\w+) AS \(")
_CREATES = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")
_INCLUDE = re.compile(r"\{([a-z_]+)(?::([^}]*))?\}")


@cache
def query_names() -> tuple[str, ...]:
    """What can be asked at any time. The other texts change something, speak of rows that a load has staged, or are
    fragments with places that only the text around them fills.
    """
    texts = {path.stem: path.read_text() for path in SQL_DIRECTORY.glob("*.sql")}
    whole = (name for name in texts if all(place[1] in texts for place in _INCLUDE.finditer(texts[name])))
    return tuple(sorted(name for name in whole if _asks(sql_text(name))))


def _asks(text: str) -> bool:
    code = _COMMENT.sub("", text)
    there = tables() | set(_NAMED.findall(code))
    return bool(_ASKS.match(code)) and set(_READS.findall(code)) <= there and not _OF_A_LOAD.search(code)


@cache
def tables() -> frozenset[str]:
    """Those that are kept: staged rows are gone after their load."""
    return frozenset(_CREATES.findall((SQL_DIRECTORY / "schema.sql").read_text()))


def query_named(name: str) -> str:
    """The name, if there is such a query. Raises BadInput, with the nearest names, for any other."""
    if name not in query_names():
        raise BadInput(f"There is no query {name!r}. {suggest(name, query_names())} `fireline query` lists them all.")
    return name


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
