"""Why a run failed, by its exception. The names count, so a team's own classes of these names do, too."""

from __future__ import annotations

from typing import Any


class NoDataAvailableError(Exception):
    """There was nothing to process: expected on a day without games."""


class UpstreamDependencyError(Exception):
    """What this run needs is not there, or is not whole."""


class ValidationFailedError(Exception):
    """The data is there and is not what it has to be."""


PROCESSING_ERROR = "processing_error"
CATEGORIES = {
    "NoDataAvailableError": "no_data_available",
    "NoDataError": "no_data_available",
    "UpstreamDependencyError": "upstream_failure",
    "DependencyError": "upstream_failure",
    "ValidationFailedError": "validation_failed",
    "ValidationError": "validation_failed",
    "TimeoutError": "timeout",
    "Timeout": "timeout",
    "TimeoutExpired": "timeout",
    "DeadlineExceeded": "timeout",
}
LONGEST_TEXT = 8_000


def category_of(error: BaseException) -> str:
    """By the first class of its family that has a known name."""
    try:
        known = (CATEGORIES.get(each.__name__) for each in type(error).__mro__)
        return next(filter(None, known), PROCESSING_ERROR)
    except Exception:  # noqa: BLE001 (somebody else's class)
        return PROCESSING_ERROR


def text_of(error: BaseException) -> str:
    """Its kind, its words and the place; of a long one both ends."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        code = trace.tb_frame.f_code
        place = f" ({code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name})"
    return cut(f"{_kind_of(error)}: {words(error)}{place}")


def cut(text: Any) -> str:
    said = words(text)
    if len(said) <= LONGEST_TEXT:
        return said
    half = LONGEST_TEXT // 2
    return f"{said[:half]}\n[{len(said) - LONGEST_TEXT} characters left out]\n{said[-half:]}"


def words(value: Any) -> str:
    """As a text that every table takes, whatever it is: without NUL and without half of a character."""
    try:
        return str.encode(str(value), "utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    except Exception:  # noqa: BLE001 (somebody else's class)
        return f"({_kind_of(value)})"


def shown(value: Any) -> str:
    """As it is written in Python, cut: in a sentence that says what is wrong with it."""
    try:
        return words(repr(value))[:80]
    except Exception:  # noqa: BLE001 (somebody else's class)
        return words(value)[:80]


def _kind_of(value: Any) -> str:
    try:
        return str(type(value).__name__)
    except Exception:  # noqa: BLE001 (somebody else's class of classes)
        return "something without a name"
