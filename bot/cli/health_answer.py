"""The printed answer of `fireline health`, by whoever has the warehouse open."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.context import now, parse_moment, settings_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services.health import HealthService


@dataclass(frozen=True)
class HealthQuestion:
    """What was typed, and how the answer is to look: JSON, or a table for a terminal of that width."""

    days: int
    phase: int | None
    processor: str | None
    as_of: str | None
    everything: bool
    as_json: bool
    width: int
    colour: bool


def question_of(given: dict[str, Any]) -> HealthQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return HealthQuestion(**given)


def answer_here(question: HealthQuestion, home: Path | None) -> str:
    """From the warehouse that the settings name, opened by this process."""
    from bot.bootstrap import reading

    with reading(settings_of(home)) as services:
        return answer_health(services.health, question, now())


def answer_health(service: "HealthService", question: HealthQuestion, moment: "datetime") -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    from bot.domain.health.model import HealthRequest

    as_of = parse_moment(question.as_of) if question.as_of is not None else None
    request = HealthRequest(days=question.days, phase=question.phase, processor=question.processor, as_of=as_of)
    report = service.of(request, moment)
    if question.as_json:
        from bot.cli.health_json import health_json

        return health_json(report) + "\n"
    from bot.cli.health_table import print_health
    from bot.cli.tables import rendered

    chosen = question.phase is not None or question.processor is not None
    printed = partial(print_health, report, everything=question.everything or chosen)
    return rendered(printed, width=question.width, colour=question.colour)
