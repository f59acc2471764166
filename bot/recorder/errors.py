"""Why a run failed, by its exception. The names count, so a team's own classes of these names do, too."""

from __future__ import annotations


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
    known = (CATEGORIES.get(each.__name__) for each in type(error).__mro__)
    return next(filter(None, known), PROCESSING_ERROR)


def text_of(error: BaseException) -> str:
    """Its kind, its words and the place; of a long one both ends."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 (somebody else's class)
        said = "(it has no words)"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        code = trace.tb_frame.f_code
        place = f" ({code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name})"
    return cut(f"{type(error).__name__}: {said}{place}")


def cut(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n[{len(text) - LONGEST_TEXT} characters left out]\n{text[-half:]}"
