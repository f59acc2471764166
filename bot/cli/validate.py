"""`fireline validate`: what really happened to each date, and what to do about it."""

import shutil
import sys
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say_folded

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.dates import DatesAsked
    from bot.services.sampling import SamplingService
    from bot.services.validation import ValidationService


@dataclass(frozen=True)
class ValidateQuestion:
    """What was typed, and how the answer is to look: JSON, or a table for a terminal of that width."""

    processor: str | None
    first: str | None
    last: str | None
    as_of: str | None
    sample: bool
    seed: int
    everything: bool
    as_json: bool
    width: int
    colour: bool
    dates: str | None = None


def validate(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[PROCESSOR]", help="Only this processor, or these dates.", show_default=False),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Argument(metavar="[DATES]", help="These dates: yesterday, 2w, FROM..TO.", show_default=False),
    ] = None,
    processor: Annotated[str | None, typer.Option(help="The same as PROCESSOR.", show_default=False)] = None,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="First data date, up to --to or the newest; or a span such as 7d; the last two dates unless given.",
            show_default=False,
        ),
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last data date.", show_default=False)] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="As it was known then: UTC unless it has an offset; of a day (yesterday, 2026-02-10) its end.",
            show_default=False,
        ),
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Check a sample of all zero-record successes.")] = False,
    seed: Annotated[int, typer.Option(help="Which dates --sample draws.")] = 0,
    everything: Annotated[bool, typer.Option("--all", help="List the dates in order too.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say what really happened to each date: run history, table, raw file and calendar compared, and what to do."""
    from bot.cli.local_client import ask_running

    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    with errors_for_people():
        only = _only(name, processor)
        question = ValidateQuestion(only, first, last, as_of, sample, seed, everything, as_json, width, colour, dates)
        settings = settings_of(home)
        answer = ask_running(settings.socket, "validate", asdict(question))
        if answer is None:
            from bot.reading import reading

            with reading(settings) as services:
                answer = answer_validate(services.validation, services.sampling, question, now_of(services))
    if sample and not as_json:
        say_folded(answer.rstrip("\n"))
    else:
        print(answer, end="")


def _only(name: str | None, processor: str | None) -> str | None:
    """The processor, which may be named as in `health` and `impact`, or as an option."""
    from bot.domain.errors import BadInput

    if name is not None and processor is not None:
        raise BadInput(f"{name!r} and --processor {processor!r} are both given. Name the processor once.")
    return processor if name is None else name


def answer_validate(
    validation: "ValidationService", sampling: "SamplingService", question: ValidateQuestion, moment: "datetime"
) -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    question = _with_dates(validation, question, moment)
    return _sampled(sampling, question, moment) if question.sample else _validated(validation, question, moment)


def _with_dates(service: "ValidationService", question: ValidateQuestion, moment: "datetime") -> ValidateQuestion:
    """Dates behind the processor, or in its place, as Slack takes them."""
    from bot.domain.errors import BadInput

    reader, processor, said = service.dates(moment), question.processor, question.dates
    in_options = question.first is not None or question.last is not None
    if said is not None and in_options:
        raise BadInput(f"{said!r} and --from or --to are both given. Name the dates once.")
    if said is None and processor is not None and not in_options and reader.is_date(processor):
        processor, said = None, processor
    if said is None:
        return question
    asked = reader.dates_asked(said)
    if asked.newest is not None:
        return replace(question, processor=processor, first=said)
    last = None if asked.last is None else str(asked.last)
    return replace(question, processor=processor, first=str(asked.first), last=last)


def _validated(service: "ValidationService", question: ValidateQuestion, moment: "datetime") -> str:
    from bot.domain.verdicts.validation import ValidationRequest

    request = ValidationRequest(
        **_dates(service, question, moment)._asdict(),
        processor=question.processor,
        as_of=service.dates(moment).as_of(question.as_of) if question.as_of is not None else None,
    )
    found = service.of(request, moment)
    if question.as_json:
        from bot.cli.validate_json import validation_json

        return validation_json(found) + "\n"
    from bot.cli.tables import rendered
    from bot.cli.validate_table import print_validation

    printed = partial(print_validation, found, everything=question.everything)
    return rendered(printed, width=question.width, colour=question.colour)


def _dates(service: "ValidationService", question: ValidateQuestion, moment: "datetime") -> "DatesAsked":
    """A span may be given in --from alone: `7d`; a date alone goes on to the newest, as spans up to today do."""
    from bot.domain.dates import DatesAsked

    if question.first is None and question.last is None:
        return DatesAsked()
    reader = service.dates(moment)
    if question.last is None:
        asked = reader.dates_asked(question.first or "")
        return asked._replace(last=None) if asked.first == asked.last else asked
    last = reader.day(question.last)
    return DatesAsked(reader.day(question.first) if question.first is not None else last, last)


def _sampled(service: "SamplingService", question: ValidateQuestion, moment: "datetime") -> str:
    from bot.cli.validate_json import sample_json
    from bot.domain.errors import BadInput
    from bot.views.validate_words import sample_lines

    if question.first or question.last or question.as_of:
        raise BadInput("--sample draws its dates itself, as known now. Leave out --from, --to and --as-of.")
    found = service.of(question.seed, moment, question.processor)
    return sample_json(found) + "\n" if question.as_json else "".join(f"{line}\n" for line in sample_lines(found))


def question_of(given: dict[str, Any]) -> ValidateQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return ValidateQuestion(**given)
