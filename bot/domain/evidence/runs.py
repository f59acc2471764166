"""Runs and why they failed: the recorded category, corrected and completed by evidence."""

from dataclasses import dataclass
from enum import StrEnum


class Trigger(StrEnum):
    """What started a run, where the history says so. Any other word counts as a scheduled start. `untold`: it does not
    say so, and the run failed between the slots of a poller, as a poll does.
    """

    SCHEDULE = "schedule"
    RETRY = "retry"
    POLL = "poll"
    BACKFILL = "backfill"
    UNTOLD = "untold"


POLLS = frozenset({Trigger.POLL, Trigger.UNTOLD})


class Status(StrEnum):
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    RUNNING = "running"


class Category(StrEnum):
    """Why a run failed. `unknown` means that neither a record, nor evidence, nor a rule explains it."""

    NO_DATA_AVAILABLE = "no_data_available"
    UPSTREAM_FAILURE = "upstream_failure"
    VALIDATION_FAILED = "validation_failed"
    TIMEOUT = "timeout"
    PROCESSING_ERROR = "processing_error"
    UNKNOWN = "unknown"


VOCABULARIES = {
    **{category.value: category for category in Category},
    "dependency_missing": Category.UPSTREAM_FAILURE,
    "error": Category.PROCESSING_ERROR,
}
"""Every spelling found in run histories. Any other spelling is read as `unknown` and named in a warning."""


class Input(StrEnum):
    """Was there something to work on when the run started: its raw file, or its upstream tables? `used`: there was, and
    the table was filled and emptied since.
    """

    READY = "ready"
    USED = "used"
    ABSENT = "absent"
    UNTRACED = ""


class InputKind(StrEnum):
    """Where a processor's input leaves its trace."""

    FILE = "file"
    UPSTREAM = "upstream"
    NONE = "none"


class ClassReason(StrEnum):
    """Why a failed run has the category it has; shown to people."""

    RECORDED = "as recorded"
    MASKED = "recorded as no data, but data was due, its file was there and the table stayed empty"
    SAID = "its error text, or a duration past its limit, names the fault"
    NOT_EXPECTED = "no data is due on that date"
    NO_FILE = "the raw file was not there yet"
    UPSTREAM_EMPTY = "an upstream table had no rows yet"
    NOTHING_NEW = "the date's data is there; this attempt had nothing to add"
    INPUT_LEFT_UNUSED = "its input was there, data was due and the table stayed empty"
    FAILED_ON_INPUT = "a scheduled run failed although its input was there"
    TEXT_WITHOUT_DATE_EVIDENCE = "the error text says no data, and nothing says data was due"
    UNEXPLAINED = "no record, evidence or rule explains it"


@dataclass(frozen=True, slots=True)
class FailedRun:
    """What one failed run says of itself. `hinted` is what the text rules made of its error message, or
    `timeout` where the text says nothing and the run reached its processor's limit."""

    recorded: Category | None
    hinted: Category | None
    input: Input


@dataclass(frozen=True, slots=True)
class DateState:
    """What is known of (processor, date) as of a moment. None: unknown.

    `judged`: its last slot and the grace period have passed. `filled`: its table holds rows (a scraper's: its file is
    there).
    """

    expected: bool | None
    filled: bool | None
    judged: bool


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a processor matters to classification."""

    sporadic: bool = False
    polling: bool = False
    input_kind: InputKind = InputKind.NONE


@dataclass(frozen=True, slots=True)
class Classified:
    category: Category
    reason: ClassReason
    masked: bool = False


def classify(run: FailedRun, state: DateState, traits: Traits) -> Classified:
    """Give a failed run its one category, with the reason. A recorded category is believed unless it is masked."""
    if run.recorded is None or run.recorded is Category.UNKNOWN:
        return _explain(run, state, traits)
    if run.recorded is Category.NO_DATA_AVAILABLE and _is_masked(run, state, traits):
        return Classified(Category.PROCESSING_ERROR, ClassReason.MASKED, masked=True)
    return Classified(run.recorded, ClassReason.RECORDED)


def _is_masked(run: FailedRun, state: DateState, traits: Traits) -> bool:
    due = state.expected is True and state.judged and not traits.sporadic
    return due and traits.input_kind is InputKind.FILE and run.input is Input.READY and state.filled is False


def _explain(run: FailedRun, state: DateState, traits: Traits) -> Classified:
    """A run without a usable record. A text that names a fault settles it (an empty source does not explain a fault);
    otherwise the evidence decides, and a text that says "no data" counts only where data was not due.
    """
    if run.hinted not in (None, Category.NO_DATA_AVAILABLE):
        return Classified(run.hinted, ClassReason.SAID)
    if state.expected is False or traits.sporadic:
        return Classified(Category.NO_DATA_AVAILABLE, ClassReason.NOT_EXPECTED)
    says_no_data = run.hinted is Category.NO_DATA_AVAILABLE
    if state.expected is None:
        if says_no_data:
            return Classified(Category.NO_DATA_AVAILABLE, ClassReason.TEXT_WITHOUT_DATE_EVIDENCE)
        return Classified(Category.UNKNOWN, ClassReason.UNEXPLAINED)
    if run.input is Input.ABSENT:
        if traits.input_kind is InputKind.UPSTREAM:
            return Classified(Category.UPSTREAM_FAILURE, ClassReason.UPSTREAM_EMPTY)
        return Classified(Category.NO_DATA_AVAILABLE, ClassReason.NO_FILE)
    if (state.filled or run.input is Input.USED) and (says_no_data or traits.polling):
        return Classified(Category.NO_DATA_AVAILABLE, ClassReason.NOTHING_NEW)
    if run.input is Input.READY and state.judged and state.filled is False:
        return Classified(Category.PROCESSING_ERROR, ClassReason.INPUT_LEFT_UNUSED)
    if run.input in (Input.READY, Input.USED) and not traits.polling and not says_no_data:
        return Classified(Category.PROCESSING_ERROR, ClassReason.FAILED_ON_INPUT)
    return Classified(Category.UNKNOWN, ClassReason.UNEXPLAINED)
