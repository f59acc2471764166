"""What is asked of an engine: the queries behind an answer, as they are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from bot.adapters.warehouse.engine import Engine, Parameters, Session
from bot.adapters.warehouse.pasteable import bound
from bot.domain.slo import CustomQuery
from bot.ports.warehouse import AskedQuery


class TracingEngine:
    """An engine that notes each query once. Nothing is remembered over it: everything is asked."""

    sole_writer = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[AskedQuery] = []

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        query = AskedQuery(name, self.pasteable(name, parameters))
        if query not in self.asked:
            self.asked.append(query)
        return self._engine.rows(name, parameters)

    def select(self, query: CustomQuery, parameters: Parameters) -> list[tuple[Any, ...]]:
        self.asked.append(AskedQuery(query.name, bound(query.sql, parameters)))
        return self._engine.select(query, parameters)

    def explain(self, query: CustomQuery, parameters: Parameters) -> None:
        self._engine.explain(query, parameters)

    def pasteable(self, name: str, parameters: Parameters | None = None) -> str:
        return self._engine.pasteable(name, parameters)

    def write(self, *, large: bool = False) -> AbstractContextManager[Session]:
        return self._engine.write(large=large)

    def only_while(self, may: Callable[[], bool]) -> None:
        self._engine.only_while(may)

    def close(self) -> None:
        self._engine.close()
