"""The state for a question from the command line: only read, and whoever asks does not wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from bot.adapters.state.migrate import check
from bot.adapters.state.stores import SqlState
from bot.domain.errors import StateUnavailable
from bot.ports.state import StateUnfit


@contextmanager
def state_to_read(engine: Engine) -> Iterator[SqlState]:
    """Raises StateUnavailable when it cannot be read, for its release, too: the question is answered without it."""
    store = SqlState(engine)
    try:
        try:
            check(engine)
        except StateUnfit as error:
            raise StateUnavailable(str(error)) from error
        yield store
    finally:
        store.close()
