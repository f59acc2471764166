"""Receipts, for the command line: from the state, and the warehouse where a step is judged again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import Services, reading
from bot.domain.errors import BadInput
from bot.state_adapters import has_state, state_engine

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.clock import Clock
    from bot.services.receipts import ReceiptService


@contextmanager
def receipts_to_read(settings: Settings) -> Iterator[tuple[ReceiptService, Clock]]:
    """With the moment as of which a step is judged again. Raises BadInput where nothing is stored yet."""
    from bot.adapters.state.to_read import state_to_read
    from bot.services.receipts import ReceiptService

    if not has_state(settings):
        raise BadInput(f"Nothing is stored in {settings.home} yet: `fireline run` or `fireline demo` makes the state.")
    with ExitStack() as closing:
        store = closing.enter_context(state_to_read(state_engine(settings)))

        @cache
        def services() -> Services:
            """Opened when something is asked of the data."""
            return closing.enter_context(reading(settings))

        read = ReceiptService(store, settings.seal, lambda: services().validation, lambda: services().queries)
        yield read, lambda: services().clock()
