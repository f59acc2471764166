"""Reading JSON from outside: only what can be stored and sent on again."""

import json
from typing import Any


def parse(text: str) -> Any:
    """The value of a JSON text; ValueError for bad JSON, NaN, half characters, or nesting beyond reason."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        if "\\ud" in text or "\\uD" in text:
            # Escapes may leave half of a surrogate pair, which no database and no socket takes.
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
