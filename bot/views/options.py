"""Options of type-ahead selects."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.health.model import HealthRequest
from bot.domain.platform.registry import Processor
from bot.views import action_ids
from bot.views.blocks import MOST_OPTIONS, Element, option


def processors(found: Sequence[Processor], window: HealthRequest) -> list[Element]:
    """Each asks for its health over that window."""
    return [
        option(processor.name, action_ids.encode(replace(window, processor=processor.name)))
        for processor in found[:MOST_OPTIONS]
    ]
