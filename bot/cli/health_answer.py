"""The printed answer of `fireline health`, by whoever has the warehouse open."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.context import now_of, settings_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.health.model import HealthRequest
    from bot.services.health import HealthService


@dataclass(frozen=True)
class HealthQuestion:
    """What was typed, and how the answer is to look: JSON, or a table for a terminal of that width. `about` are the
    words without an option.
    """

    about: str
    days: str | None
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
    from bot.reading import reading

    with reading(settings_of(home)) as services:
        return answer_health(services.health, question, now_of(services))


def answer_health(service: "HealthService", question: HealthQuestion, moment: "datetime") -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    request = _request(service, question, moment)
    report = service.of(request, moment)
    if question.as_json:
        from bot.cli.health_json import health_json

        return health_json(report) + "\n"
    from bot.cli.health_table import print_health
    from bot.cli.tables import rendered

    chosen = request.phase is not None or request.processor is not None
    printed = partial(print_health, report, everything=question.everything or chosen)
    return rendered(printed, width=question.width, colour=question.colour)


def _request(service: "HealthService", question: HealthQuestion, moment: "datetime") -> "HealthRequest":
    """Of words and options; what is given twice is refused."""
    from bot.domain.errors import BadInput
    from bot.domain.health.asked import health_words
    from bot.domain.health.model import HealthRequest

    reader = partial(service.dates, moment)
    words = health_words(question.about, reader, service.phases, "fireline health")
    if question.days is not None and words.window is not None:
        raise BadInput(f"--days {question.days} and {question.about!r} are two windows. Give one.")
    if words.name and question.processor is not None:
        raise BadInput(f"--processor {question.processor} and {words.name!r} are two processors. Give one.")
    if words.phase is not None and question.phase is not None:
        raise BadInput(f"--phase {question.phase} and {question.about!r} are two phases. Give one.")
    window = words.window if question.days is None else reader().window(question.days)
    until = None if window is None else window.until
    if until is not None and question.as_of is not None:
        raise BadInput(f"--as-of {question.as_of} and a window of days that have passed are two moments. Give one.")
    return HealthRequest(
        days=HealthRequest().days if window is None else window.days,
        phase=question.phase if words.phase is None else words.phase,
        processor=words.name or question.processor,
        as_of=until if question.as_of is None else reader().as_of(question.as_of),
    )
