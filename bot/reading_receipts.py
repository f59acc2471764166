"""Receipts, for the command line: from the state, and the warehouse where a step is judged again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.reading import Services, reading
from bot.state_adapters import check_stored, to_read

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.clock import Clock
    from bot.services.receipts import ReceiptService


@contextmanager
def receipts_to_read(settings: Settings) -> Iterator[tuple[ReceiptService, Clock]]:
    """With the moment as of which a step is judged again. Raises BadInput where nothing is stored yet."""
    from bot.services.receipts import ReceiptService

    check_stored(settings)
    with ExitStack() as closing:
        store = closing.enter_context(to_read(settings))

        @cache
        def services() -> Services:
            """Opened when something is asked of the data."""
            return closing.enter_context(reading(settings))

        read = ReceiptService(store, settings.seal, lambda: services().validation, lambda: services().queries)
        yield read, lambda: services().clock()
