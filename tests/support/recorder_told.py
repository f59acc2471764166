"""A recorder whose sink has everything that it is told."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bot import recorder
from bot.recorder import Answer, Recorder, recording

DAY = date(2026, 1, 15)


class Told:
    """A sink that has everything; `down`: it cannot be reached."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.down = False

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.down:
            raise OSError("no route to the sink")
        self.events += events
        return []

    def done(self, processor: str, data_date: str) -> Answer:
        if self.down:
            raise OSError("no route to the sink")
        return Answer("done" if processor == "Box" else "not done", f"{processor} {data_date}")

    def end(self) -> tuple[Any, ...]:
        assert made_for[self].flush()
        names = ("kind", "records_processed", "failure_category", "error_message")
        return tuple(self.events[-1].get(name) for name in names)


made_for: dict[Told, Recorder] = {}


def told_recorder(folder: Path) -> Iterator[Told]:
    """The recorder of the process, with a sink that it tells."""
    sink = Told()
    made_for[sink] = recorder.configure(sink, str(folder / "spool"))
    yield sink
    recording._DEFAULT.clear()


def job(work: Callable[[recorder.Run], object]) -> None:
    with recorder.record_run("Box", DAY, attempt=2, trigger="poll", phase=2) as run:
        work(run)
