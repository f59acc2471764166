"""Silences for the command line, while no process serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.domain.errors import BadInput
from bot.reading import reading
from bot.state_adapters import has_state, state

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.clock import Clock
    from bot.services.silences import SilenceService
    from handlers.questions import Questions


@contextmanager
def silencing(settings: Settings, clock: Clock) -> Iterator[tuple[SilenceService, Questions]]:
    """Silences of the process that detects, and what reads their words. Raises BadInput where nothing is detected."""
    from bot.domain.dates import DateReader
    from bot.services.silences import silences_over
    from handlers.questions import Questions

    if not has_state(settings):
        raise BadInput(f"Nothing is detected in {settings.home} yet: `fireline run` or `fireline demo` does.")
    with reading(settings) as services, state(settings) as store:
        asked = Questions(services.registry, lambda: DateReader(clock(), services.registry.zone), services.health.seen)
        yield silences_over(store, services.registry, services.health), asked
