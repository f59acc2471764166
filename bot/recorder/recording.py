"""The recorder of a process: events go to the spool, and from there by a thread of its own to the sink."""

from __future__ import annotations

import atexit
import functools
import os
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from bot.recorder import clock
from bot.recorder.answers import UNKNOWN, Answer, Readiness
from bot.recorder.run import Run
from bot.recorder.sinks import Sink, sink_of
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
COROUTINE = 0x80
"""https://docs.python.org/3/library/inspect.html#inspect.CO_COROUTINE"""
F = TypeVar("F", bound=Callable[..., Any])


class Recorder:
    """`sink` None: events stay in the spool until a process has one."""

    def __init__(self, sink: Sink | None, spool: str, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._sink, self._spool, self._heartbeat_s = sink, Spool(spool), heartbeat_s
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

    def is_done(self, processor: str, data_date: date | str) -> Answer:
        try:
            if self._sink is None:
                return Answer(UNKNOWN, "no sink is configured")
            return self._sink.done(str(processor), str(data_date)[:10])
        except Exception as error:  # noqa: BLE001 (the job goes on)
            return Answer(UNKNOWN, f"the sink cannot say: {type(error).__name__}: {str(error)[:200]}")

    def dependencies_ready(self, data_date: date | str, needed: Iterable[str]) -> Readiness:
        return Readiness({name: self.is_done(name, data_date) for name in needed})

    def flush(self, seconds: float = EXIT_S) -> bool:
        """Wait until all is with the sink, or the sink fails; whether it is."""
        until, self._failures = clock.seconds() + seconds, 0
        while self._sink is not None and not self._spool.is_empty:
            self._settled.clear()
            self._begin()
            self._hurry.set()
            self._news.set()
            if not self._settled.wait(max(0.0, until - clock.seconds())) or self._failures:
                break
        return self._spool.is_empty

    def close(self) -> None:
        """The end of the process."""
        self.flush(EXIT_DOWN_S if self._failures else EXIT_S)

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
        try:
            self._spool.flush(self._sink.send)
            self._failures = 0
        except Exception as error:  # noqa: BLE001 (whatever a sink raises, it is tried again)
            self._failures += 1
            if self._failures == 1:
                _warn("runs cannot be told yet, they are kept and sent later: %s: %s", type(error).__name__, error)
        self._settled.set()


_ALL: weakref.WeakSet[Recorder] = weakref.WeakSet()
_DEFAULT: list[Recorder] = []
_MAKING = threading.Lock()
_REGISTERED: list[bool] = []


def configure(sink: Sink | str | None = None, spool: str | None = None, heartbeat_s: float = HEARTBEAT_S) -> Recorder:
    """The recorder of this process from now on. `sink`: a sink, or its address; None: FIRELINE_SINK. `spool`: a folder;
    None: FIRELINE_SPOOL.
    """
    if sink is None or isinstance(sink, str):
        sink = sink_of(sink if sink is not None else os.environ.get("FIRELINE_SINK", ""))
    made = Recorder(sink, spool or os.environ.get("FIRELINE_SPOOL") or _usual_spool(), heartbeat_s)
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


def recorded(processor: str, *, argument: str = "data_date", **more: Any) -> Callable[[F], F]:
    """A decorator. The function takes the date as `argument`, and returns its row count."""

    def decorated(function: F) -> F:
        place = _place(function, argument)

        def day_of(given: tuple[Any, ...], named: dict[str, Any]) -> Any:
            return named.get(argument, given[place] if place < len(given) else None)

        if getattr(getattr(function, "__code__", None), "co_flags", 0) & COROUTINE:

            @functools.wraps(function)
            async def waited(*given: Any, **named: Any) -> Any:
                with record_run(processor, day_of(given, named), **more) as run:
                    run.records = result = await function(*given, **named)
                return result

            return waited  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*given: Any, **named: Any) -> Any:
            with record_run(processor, day_of(given, named), **more) as run:
                run.records = result = function(*given, **named)
            return result

        return called  # type: ignore[return-value]

    return decorated


def _place(function: Any, argument: str) -> int:
    """Where the argument stands in a call; past all of them where it is not known."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    return names.index(argument) if argument in names else len(names) + 1_000


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
    if _DEFAULT:
        return _DEFAULT[0]
    try:
        return configure()
    except Exception as error:  # noqa: BLE001 (the job goes on)
        _warn("FIRELINE_SINK or FIRELINE_SPOOL cannot be used, runs are kept in memory: %s", error)
        return configure(_NoSink(), os.devnull)


class _NoSink:
    """Where the address of the sink makes no sense."""

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raise OSError(f"there is no sink for {len(events)} events: set FIRELINE_SINK")

    def done(self, processor: str, data_date: str) -> Answer:
        return Answer(UNKNOWN, f"no sink is configured that knows {processor} on {data_date}")


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


def _warn(text: str, *about: object) -> None:
    import logging

    logging.getLogger("fireline.recorder").warning(text, *about)
