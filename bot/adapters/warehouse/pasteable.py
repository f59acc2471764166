"""A query with its values written into it, so that it runs as it is pasted into a console."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from bot.adapters.warehouse.engine import Parameters, Value
from bot.adapters.warehouse.sql_text import tables

_PARAMETER = re.compile(r"@(\w+)")
_READS = re.compile(r"\b(FROM|JOIN) (\w+)")
_COMMENT = "--"
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"}


def bound(text: str, parameters: Parameters) -> str:
    """Every `@name` as a literal of BigQuery; comments are left as they are."""
    return _in_code(text, lambda code: _PARAMETER.sub(lambda found: literal(parameters[found[1]]), code))


def qualified(text: str, where: str) -> str:
    """Every table of ours with its data set: a console has no default one."""
    ours = tables()

    def named(found: re.Match[str]) -> str:
        return f"{found[1]} `{where}.{found[2]}`" if found[2] in ours else found[0]

    return _in_code(text, lambda code: _READS.sub(named, code))


def literal(value: Value) -> str:
    """https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#literals"""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int() | float():
            return repr(value)
        case datetime():
            return f"TIMESTAMP '{value.astimezone(UTC).isoformat(sep=' ')}'"
        case str():
            return f"'{''.join(_ESCAPES.get(character, character) for character in value)}'"
        case _:
            return f"DATE '{value}'"


def _in_code(text: str, change: Callable[[str], str]) -> str:
    """The text changed everywhere but in its comments; none of our texts has `--` in a literal."""
    lines = (line.partition(_COMMENT) for line in text.splitlines())
    return "\n".join(f"{change(code)}{dashes}{comment}" for code, dashes, comment in lines)
