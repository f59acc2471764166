"""`fireline watch`: before and after a fix, day by day, with its verdict."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.dates import DateReader
    from bot.domain.reports.watch import Share, Side, Watched, WatchedDay
    from bot.services.watches import WatchService


@dataclass(frozen=True)
class WatchQuestion:
    """What was typed."""

    processor: str
    since: str
    days: int
    as_json: bool = False
    markdown: bool = False


def watch(
    processor: Annotated[str, typer.Argument(help="What was mended.")],
    since: Annotated[str, typer.Option(help="The first date after the fix.")],
    days: Annotated[int, typer.Option(help="So many days before, and after.")] = 5,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    home: Home = None,
) -> None:
    """Say whether a fix has helped: success, failures, runs without records, durations and dates with data by day."""
    from bot.cli.local_client import ask_running

    question = WatchQuestion(processor, since, days, as_json, markdown)
    with errors_for_people():
        settings = settings_of(home)
        answer = ask_running(settings.socket, "watch", asdict(question))
        print(_answered_here(settings, question) if answer is None else answer, end="")


def answer_watch(service: "WatchService", dates: "DateReader", question: WatchQuestion, moment: "datetime") -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    from bot.services.watches import WatchRequest
    from bot.views import watch as views

    found = service.of(WatchRequest(question.processor, dates.day(question.since), question.days), moment)
    if question.as_json:
        return json.dumps(watch_json(found), indent=2) + "\n"
    return views.markdown(found) if question.markdown else views.text(found)


def question_of(given: dict[str, Any]) -> WatchQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return WatchQuestion(**given)


def _answered_here(settings: "Settings", question: WatchQuestion) -> str:
    from bot.reading import reading
    from bot.reviewing import watches_to_read

    with reading(settings) as found:
        service = watches_to_read(settings, found.warehouse, found.registry, found.health, found.blindness)
        moment = now_of(found)
        return answer_watch(service, found.health.dates(moment), question, moment)


def watch_json(found: "Watched") -> dict[str, Any]:
    """Rates as fractions, durations in seconds."""
    from bot.cli.health_json import iso

    return {
        "processor": found.processor,
        "since": found.since.isoformat(),
        "days": found.days,
        "as_of": iso(found.as_of),
        "over": found.over,
        "verdict": found.verdict,
        "by_runs": found.by_runs,
        "by_dates": found.by_dates,
        "before": _side(found.before),
        "after": _side(found.after),
        "notes": list(found.notes),
    }


def _side(side: "Side") -> dict[str, Any]:
    shares = {"runs": _share(side.runs), "dates": _share(side.dates)}
    return {**shares, "days": [_day(each) for each in side.days]}


def _share(found: "Share") -> dict[str, Any]:
    return {"bad": found.bad, "count": found.count, "interval": list(found.interval)}


def _day(each: "WatchedDay") -> dict[str, Any]:
    tally, timed = each.tally, each.durations
    return {
        "date": each.day.isoformat(),
        "success_rate": tally.success_rate,
        "tried": tally.tried,
        "succeeded": tally.succeeded,
        "real": tally.real,
        "unknown": tally.unknown,
        "zero_on_game_days": tally.zero_on_game_days,
        "p50": None if timed is None else timed.p50,
        "p95": None if timed is None else timed.p95,
        "dates": {**each.dates._asdict()},
    }
