"""The recorder of a process: events go to the spool, and from there by a thread of its own to the sink."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.recorder import clock
from bot.recorder.answers import UNKNOWN, Answer, Readiness
from bot.recorder.errors import words
from bot.recorder.log import warn
from bot.recorder.run import Run
from bot.recorder.sinks import Sink, Stops, sink_of
from bot.recorder.spool import Spool

if TYPE_CHECKING:
    from datetime import date

HEARTBEAT_S = 300.0
SOONEST_S, LATEST_S = 1.0, 60.0
"""Between two tries of a sink that fails: each waits twice as long."""
GATHER_S = 0.2
"""What comes within it is sent together."""
EXIT_S, EXIT_DOWN_S = 5.0, 1.0
"""So long the end of the process waits for the sink; where it failed before, this."""
LONGEST_S = 365 * 86_400.0
MOST_NEEDED = 1_000


class Recorder:
    """`sink` None: events stay in the spool until a process has one."""

    def __init__(self, sink: Sink | None, spool: str, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._sink, self._spool, self._heartbeat_s = sink, Spool(spool), _seconds(heartbeat_s, HEARTBEAT_S)
        self._reset()
        _ALL.add(self)

    def _reset(self) -> None:
        self._runs: dict[Run, float] = {}
        self._lock = threading.Lock()
        self._news, self._hurry, self._settled = threading.Event(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0

    def forked(self) -> None:
        """In a child: runs and thread are the parent's."""
        self._spool.forked()
        self._reset()

    def record_run(self, processor: str, data_date: date | str, **more: Any) -> Run:
        return Run(self._tell, self._watch, processor, data_date, more)

    @property
    def refused(self) -> int:
        """Events that no sink takes: they are put aside, with the reason."""
        return self._spool.refused

    def is_done(self, processor: str, data_date: date | str) -> Answer:
        if self._sink is None:
            return Answer(UNKNOWN, "no sink is configured")
        try:
            answer: Any = self._sink.done(words(processor), words(data_date)[:10])
        except Exception as error:  # noqa: BLE001 (the job goes on)
            return Answer(UNKNOWN, f"the sink cannot say: {words(type(error).__name__)}: {words(error)[:200]}")
        return answer if type(answer) is Answer else Answer(UNKNOWN, "the sink says nothing that is an answer")

    def dependencies_ready(self, data_date: date | str, needed: Iterable[str]) -> Readiness:
        try:
            names = [needed] if isinstance(needed, str) else list(islice(needed, MOST_NEEDED + 1))
            if len(names) > MOST_NEEDED:
                raise ValueError(f"more than {MOST_NEEDED} names")
            return Readiness({words(name): self.is_done(name, data_date) for name in names})
        except Exception as error:  # noqa: BLE001 (somebody else's list)
            return Readiness({"(what is needed)": Answer(UNKNOWN, f"it cannot be read: {words(error)[:200]}")})

    def flush(self, seconds: float = EXIT_S) -> bool:
        """Wait until all is with the sink, or the sink fails; whether it is."""
        until, self._failures = clock.seconds() + _seconds(seconds, EXIT_S), 0
        while self._sink is not None and not self._spool.is_empty:
            self._settled.clear()
            self._begin()
            self._hurry.set()
            self._news.set()
            if not self._settled.wait(max(0.0, until - clock.seconds())) or self._failures:
                break
        return self._spool.is_empty

    def close(self) -> None:
        """The end of the process. Its thread ends before the interpreter does: one that is at work in a library written
        in C++, such as DuckDB, would take the whole process down.
        """
        self.flush(EXIT_DOWN_S if self._failures else EXIT_S)
        with self._lock:
            thread, self._thread = self._thread, None
        if isinstance(self._sink, Stops):
            try:
                self._sink.stop()
            except Exception as error:  # noqa: BLE001 (somebody else's sink: the process ends all the same)
                warn("the sink cannot be stopped: %s: %s", words(type(error).__name__), words(error))
        self._hurry.set()
        self._news.set()
        if thread is not None:
            thread.join(EXIT_S)

    def _tell(self, event: dict[str, Any]) -> None:
        self._spool.append(event)
        self._begin()
        if not self._failures:  # else it is tried again in time: the job shares its processor with the thread
            self._news.set()

    def _watch(self, run: Run, begins: bool) -> None:
        with self._lock:
            if begins:
                self._runs[run] = clock.seconds() + self._heartbeat_s
            else:
                self._runs.pop(run, None)

    def _begin(self) -> None:
        """Raises nothing: without a thread, events wait in the spool."""
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="fireline-recorder", daemon=True)
                try:
                    self._thread = thread
                    thread.start()
                except RuntimeError:
                    self._thread = None

    def _work(self) -> None:
        """The thread: heartbeats when they are due, and what is in the spool to the sink."""
        thread, again = threading.current_thread(), 0.0
        while self._thread is thread:
            if self._news.wait(self._pause(again)):
                self._hurry.wait(GATHER_S)
            self._news.clear()
            self._hurry.clear()
            self._beat()
            if self._sink is not None and (clock.seconds() >= again or not self._failures):
                self._flush_once()
                again = clock.seconds() + min(LATEST_S, SOONEST_S * 2 ** min(self._failures, 8))

    def _pause(self, again: float) -> float:
        with self._lock:
            due = min(self._runs.values(), default=clock.seconds() + LATEST_S)
        if self._failures:
            due = min(due, again)
        return max(0.01, min(LATEST_S, self._heartbeat_s / 2, due - clock.seconds()))

    def _beat(self) -> None:
        with self._lock:
            now = clock.seconds()
            due = [run for run, at in self._runs.items() if at <= now]
            self._runs.update(dict.fromkeys(due, now + self._heartbeat_s))
        for run in due:
            run.beat()

    def _flush_once(self) -> None:
        assert self._sink is not None
        before = self.refused
        try:
            self._spool.flush(self._sink.send)
            self._failures = 0
        except Exception as error:  # noqa: BLE001 (whatever a sink raises, it is tried again)
            self._failures += 1
            if self._failures == 1:
                said = words(type(error).__name__), words(error)
                warn("runs cannot be told yet, they are kept and sent later: %s: %s", *said)
        if self.refused and not before:
            warn("%s events of runs make no sense to the sink, they are in %s: %s", *self._spool.refusal)
        self._settled.set()


_ALL: weakref.WeakSet[Recorder] = weakref.WeakSet()
_DEFAULT: list[Recorder] = []
_MAKING = threading.Lock()
_REGISTERED: list[bool] = []


def configure(sink: Sink | str | None = None, spool: str | None = None, heartbeat_s: float = HEARTBEAT_S) -> Recorder:
    """The recorder of this process from now on. `sink`: a sink, or its address; None: FIRELINE_SINK. `spool`: a folder;
    None: FIRELINE_SPOOL. What cannot be used is said in the log, and runs are kept.
    """
    try:
        if sink is None or isinstance(sink, str):
            sink = sink_of(sink if sink is not None else os.environ.get("FIRELINE_SINK", ""))
    except Exception as error:  # noqa: BLE001 (the job goes on)
        warn("FIRELINE_SINK cannot be used, runs are kept in the spool: %s", words(error))
        sink = _NoSink()
    made = Recorder(sink, _folder(spool), heartbeat_s)
    with _MAKING:
        _DEFAULT[:] = [made]
        if not _REGISTERED:
            _REGISTERED.append(True)
            atexit.register(_close)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=_forked)
    return made


def record_run(processor: str, data_date: date | str, **more: Any) -> Run:
    """`with record_run("Box", day) as run: ... run.records = n`; also `async with`. `more`: run_id, attempt, trigger,
    phase.
    """
    return _recorder().record_run(processor, data_date, **more)


def is_done(processor: str, data_date: date | str) -> Answer:
    """Has a run of that date succeeded and brought records? Unknown where the sink cannot say."""
    return _recorder().is_done(processor, data_date)


def dependencies_ready(data_date: date | str, needed: Iterable[str]) -> Readiness:
    """Are all of those processors done for that date? With what is missing."""
    return _recorder().dependencies_ready(data_date, needed)


def flush(seconds: float = EXIT_S) -> bool:
    """Wait until everything is with the sink: where a host stops a process between two requests."""
    return _recorder().flush(seconds)


def _recorder() -> Recorder:
    return _DEFAULT[0] if _DEFAULT else configure()


class _NoSink:
    """Where the address of the sink makes no sense."""

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raise OSError(f"there is no sink for {len(events)} events: set FIRELINE_SINK")

    def done(self, processor: str, data_date: str) -> Answer:
        return Answer(UNKNOWN, f"no sink is configured that knows {processor} on {data_date}")


def _folder(given: str | None) -> str:
    """Where events wait; "" for what is no folder: then they wait in memory."""
    try:
        return os.fsdecode(given or os.environ.get("FIRELINE_SPOOL") or _usual_spool())
    except Exception as error:  # noqa: BLE001 (the job goes on)
        warn("FIRELINE_SPOOL cannot be used, runs are kept in memory: %s", words(error))
        return ""


def _seconds(given: Any, usual: float) -> float:
    """A time to wait; the usual one for what is none."""
    try:
        seconds = float(given)
    except Exception:  # noqa: BLE001 (somebody else's class)
        return usual
    return seconds if 0 <= seconds < LONGEST_S else usual


def _usual_spool() -> str:
    import tempfile

    return os.path.join(tempfile.gettempdir(), f"fireline-spool-{os.getuid() if hasattr(os, 'getuid') else 0}")


def _forked() -> None:
    global _MAKING
    _MAKING = threading.Lock()
    for each in list(_ALL):
        each.forked()


def _close() -> None:
    for each in list(_ALL):
        each.close()
