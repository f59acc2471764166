"""What pydantic found wrong, said for people: the field, the value it has, and what is allowed instead."""

from collections.abc import Callable
from reprlib import Repr
from typing import Any

from pydantic_core import ErrorDetails

from bot.domain.errors import suggest

_short = Repr()
_short.maxstring = _short.maxother = 80
_short.maxlevel = 2


def shown(value: object) -> str:
    """A value as people wrote it in YAML, cut to a readable length."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "a mapping"
    return _short.repr(value)


def _wrong_type(wanted: str) -> Callable[[Any, dict[str, Any]], str]:
    return lambda value, _: f"is {shown(value)}, {wanted}"


def _list_wanted(value: Any, _: dict[str, Any]) -> str:
    remedy = f"write [{value}]" if isinstance(value, (str, int, float)) else "write a list"
    return f"is {shown(value)}, not a list; {remedy}"


def _not_a_choice(value: Any, context: dict[str, Any]) -> str:
    allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    hint = suggest(value, allowed.split(", ")) if isinstance(value, str) else ""
    near = f" {hint}" if hint.startswith("Did") else ""
    return f"is {shown(value)}; allowed: {allowed}.{near}".rstrip(".")


def _bound(word: str, key: str) -> Callable[[Any, dict[str, Any]], str]:
    return lambda value, context: f"is {shown(value)}; it must be {word} {context[key]:g}"


NUMBER = "not a number; write one without quotes or units"
WHOLE = "not a whole number; write one such as 2"
TRUTH = "neither true nor false; write one of the two"
TEXT = "not text; put it in quotes"
MAPPING = "not a mapping; write `key: value` lines below it"

MESSAGES: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "missing": lambda _value, _context: "is missing; add it",
    "enum": _not_a_choice,
    "literal_error": _not_a_choice,
    "tuple_type": _list_wanted,
    "list_type": _list_wanted,
    "float_type": _wrong_type(NUMBER),
    "float_parsing": _wrong_type(NUMBER),
    "finite_number": _wrong_type("not a finite number; write one, or leave the field out"),
    "int_type": _wrong_type(WHOLE),
    "int_parsing": _wrong_type(WHOLE),
    "int_from_float": _wrong_type(WHOLE),
    "bool_type": _wrong_type(TRUTH),
    "bool_parsing": _wrong_type(TRUTH),
    "string_type": _wrong_type(TEXT),
    "dict_type": _wrong_type(MAPPING),
    "model_type": _wrong_type(MAPPING),
    "model_attributes_type": _wrong_type(MAPPING),
    "time_type": _wrong_type('not a time of day; write "HH:MM ET" in quotes'),
    "string_too_short": lambda _value, _context: "is empty; give it a value",
    "too_short": lambda _value, context: f"is too short; give at least {context['min_length']}",
    "too_long": lambda _value, context: f"has {context['actual_length']} entries; give at most {context['max_length']}",
    "string_too_long": lambda value, context: f"has {len(value)} characters; at most {context['max_length']}",
    "greater_than": _bound("above", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("below", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "value_error": lambda _value, context: str(context["error"]),
}
"""Error types: https://docs.pydantic.dev/latest/errors/validation_errors/"""


def explain(error: ErrorDetails) -> str:
    """The predicate of the sentence whose subject is the field; pydantic's own words for a type not listed here."""
    message = MESSAGES.get(error["type"])
    if message is None:
        return f"is {shown(error['input'])}: {error['msg']}"
    return message(error["input"], error.get("ctx", {}))
