"""One run of a job, from its start to its end. Nothing of this raises into the job."""

from __future__ import annotations

import operator
import os
from contextlib import suppress
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from bot.recorder import clock
from bot.recorder.errors import PROCESSING_ERROR, category_of, cut, shown, text_of, words
from bot.recorder.log import warn

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 2**63 - 1
MOST_NAMED = 500
NO_COUNT = (
    "the job ended without an error and told no row count. A success without one is not believed: set run.records to "
    "the rows it wrote (0 is a count), or call run.skip(reason)"
)
NO_DATE = "%s run %s is told without its data date: data_date is %s, which is no date. Give a date, or write 2026-01-06"


class Run:
    """`records`: how many rows the run wrote; a success needs it. `run_id` may be given: told twice, the same try is
    one run.
    """

    def __init__(
        self,
        tell: Callable[[dict[str, Any]], None],
        watch: Callable[[Run, bool], None],
        processor: str,
        data_date: date | str,
        more: dict[str, Any],
    ) -> None:
        self.records: Any = None
        self.run_id = _words(more.pop("run_id", None)) or os.urandom(16).hex()
        self._tell, self._watch, self._pid, self._ended = tell, watch, os.getpid(), False
        self._end: tuple[str, str, str] | None = None
        self._started_at = clock.now()
        day = _day(data_date)
        if day is None:
            warn(NO_DATE, shown(processor), shown(self.run_id), shown(data_date))
        self._about = {
            "processor_name": _words(processor),
            "run_id": self.run_id,
            "data_date": day,
            "attempt": _fitting(more.get("attempt")),
            "phase": _fitting(more.get("phase")),
            "trigger": _words(more.get("trigger")) or None,
            "started_at": self._started_at.isoformat(),
        }

    def skip(self, reason: str) -> None:
        """There was nothing to do, as it should be."""
        self._end = ("skipped", "", cut(reason))

    def fail(self, reason: str | BaseException, category: str = PROCESSING_ERROR) -> None:
        """It failed, though no exception will say so."""
        given: Any = reason
        if issubclass(type(given), BaseException):
            self._end = ("failed", category_of(given), text_of(given))
        else:
            self._end = ("failed", _words(category) or PROCESSING_ERROR, cut(reason))

    def beat(self) -> None:
        """It is alive; the recorder says so by itself every five minutes."""
        self._send("heartbeat", clock.now())

    def __enter__(self) -> Run:
        self._send("start", self._started_at)
        self._guarded(lambda: self._watch(self, True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ended or os.getpid() != self._pid:  # a child that was forked within: the run is its parent's
            return
        self._ended = True
        self._guarded(lambda: self._watch(self, False))
        self._guarded(lambda: self._close(error))

    async def __aenter__(self) -> Run:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def _close(self, error: BaseException | None) -> None:
        if error is not None and not _leaves_well(error):
            self.fail(error)
        if self._end is None:
            records, fault = _count(self.records)
            if fault:
                self._end = ("failed", PROCESSING_ERROR, fault)
            else:
                self._send("success", clock.now(), records_processed=records)
                return
        kind, category, text = self._end
        records, _ = _count(self.records)
        told = {"failure_category": category or None, "error_message": text, "records_processed": records}
        self._send(kind, clock.now(), **told)

    def _send(self, kind: str, at: datetime, **more: Any) -> None:
        told = {**self._about, "kind": kind, "at": at.isoformat(), **more}
        self._guarded(lambda: self._tell({name: value for name, value in told.items() if value is not None}))

    @staticmethod
    def _guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 (the job goes on)
            _complain(error)


def _leaves_well(error: BaseException) -> bool:
    """sys.exit() and sys.exit(0)."""
    code = getattr(error, "code", 1) if issubclass(type(error), SystemExit) else 1
    return code is None or (type(code) is int and code == 0)


def _count(records: Any) -> tuple[int | None, str]:
    """The row count, or what is wrong with it."""
    if records is None:
        return None, NO_COUNT
    count = _whole(records)
    if count is None or type(records) is bool:
        return None, f"run.records is {shown(records)}, which is no whole number: set it to the rows that it wrote"
    if count < 0:
        return None, f"run.records is {shown(records)}: a count is never negative"
    if count > LARGEST:
        return None, f"run.records is {shown(records)}: no table takes a count of more than {LARGEST}"
    return count, ""


def _day(data_date: Any) -> str | None:
    """As 2026-01-06; None for what is no date: the run is told without one. The log says what it was."""
    try:
        if isinstance(data_date, datetime):
            return date.isoformat(data_date.date())
        if isinstance(data_date, date):
            return date.isoformat(data_date)
        return date.fromisoformat(_words(data_date)).isoformat()
    except Exception:  # noqa: BLE001 (somebody else's class)
        return None


def _words(value: Any) -> str:
    """As a short text, whatever it is."""
    return "" if value is None else words(value)[:MOST_NAMED]


def _whole(value: Any) -> int | None:
    """As a number that fits where one is kept; None for what is none."""
    try:
        return int.__add__(operator.index(value), 0)
    except Exception:  # noqa: BLE001 (somebody else's class)
        return None


def _fitting(value: Any) -> int | None:
    number = _whole(value)
    return number if number is not None and -LARGEST <= number <= LARGEST else None


def _complain(error: Exception) -> None:
    with suppress(Exception):  # a handler of logging is somebody else's, too
        import logging

        logging.getLogger("fireline.recorder").debug("a run could not be recorded: %s", words(error))
