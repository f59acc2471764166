"""The whole roll-up from the raw rows: runs per second."""

from benchmarks.history import World
from benchmarks.timing import Timing, seconds
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse


def measure(world: World, repeats: int) -> Timing:
    warehouse = SqlWarehouse(world.engine())
    taken = [seconds(warehouse.rebuild) for _ in range(repeats)]
    warehouse.close()
    return Timing.of(taken)
