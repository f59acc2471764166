"""The time of the database: several machines share it, whatever their own clocks say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, func, select

from bot.adapters.state.database import reading

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DatabaseClock:
    """Asked for now and then (`ask`), and kept by `seconds`, a clock that nobody sets, in between. PostgreSQL only."""

    def __init__(self, engine: Engine, seconds: Callable[[], float]) -> None:
        self._engine, self._seconds = engine, seconds
        self._offset = 0.0
        self.ask()

    def __call__(self) -> datetime:
        return EPOCH + timedelta(seconds=self._seconds() + self._offset)

    def ask(self) -> None:
        """Raises StateUnavailable; it goes on as it went then."""
        with reading(self._engine) as connection:
            began = self._seconds()
            there: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            ended = self._seconds()
        self._offset = there.timestamp() - (began + ended) / 2

    def close(self) -> None:
        self._engine.dispose()
