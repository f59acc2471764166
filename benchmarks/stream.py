"""Health asked at a fixed rate (open loop) while a writer appends runs: how long a person waits."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.batches import Batches, Feeder
from benchmarks.health import service
from benchmarks.history import END, World
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.health.model import HealthRequest

ASKED_PER_SECOND = 50
RUNS_PER_SECOND = 1_000
THREADS = 4


@dataclass(frozen=True)
class StreamTimes:
    """Milliseconds from the moment a question was due to its answer. `loads`: batches taken in meanwhile."""

    p50: float
    p99: float
    worst: float
    answers: int
    errors: int
    loads: int
    load_ms: float


def measure(world: World, lasting: float, batch_seconds: float) -> StreamTimes:
    """`batch_seconds`: the writer loads a file of that many seconds' runs as often."""
    warehouse = SqlWarehouse(world.engine())
    health = service(warehouse)
    rows = int(RUNS_PER_SECOND * batch_seconds)
    span = timedelta(seconds=batch_seconds)
    files = iter(Batches(world.home / "stream", 10 * world.runs, rows, span))
    waiting = [next(files) for _ in range(int(lasting / batch_seconds) + 2)]
    feeder = Feeder(warehouse)
    taken: list[float] = []
    feeder.load(waiting.pop(0))
    health.of(HealthRequest(), END + timedelta(seconds=1))
    stop = threading.Event()
    began = time.perf_counter() + 0.1

    def write() -> None:
        for at, path in enumerate(waiting):
            if stop.wait(max(0.0, began + at * batch_seconds - time.perf_counter())):
                return
            taken.append(feeder.load(path)[1])

    def ask(at: int) -> float:
        due = began + at / ASKED_PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        health.of(HealthRequest(), END + timedelta(seconds=at / ASKED_PER_SECOND))
        return time.perf_counter() - due

    writer = threading.Thread(target=write)
    with ThreadPoolExecutor(THREADS) as pool:
        writer.start()
        asked = [pool.submit(ask, at) for at in range(int(lasting * ASKED_PER_SECOND))]
    stop.set()
    writer.join()
    waits = sorted(answer.result() * 1_000 for answer in asked if answer.exception() is None)
    warehouse.close()
    return StreamTimes(
        p50=waits[len(waits) // 2],
        p99=waits[int(0.99 * (len(waits) - 1))],
        worst=waits[-1],
        answers=len(waits),
        errors=len(asked) - len(waits),
        loads=len(taken),
        load_ms=sorted(taken)[len(taken) // 2] * 1_000,
    )
