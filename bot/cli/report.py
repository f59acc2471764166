"""`fireline report`: what the team reads every day, week and month, as text or JSON."""

import sys
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.outputs import check_writable, write_output

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date as Day
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.services.reports import ReportService
    from bot.services.reviews import ReviewService

report = typer.Typer(help="The reports that the team reads: the same facts as in Slack.", no_args_is_help=True)
OfDate = Annotated[
    str | None, typer.Option("--date", help="As it was known when that date's was due; now.", show_default=False)
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown.")]


IntoFolder = Annotated[
    Path | None, typer.Option("--pictures", help="Draw its pictures into this folder (PNG).", show_default=False)
]


class Period(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    READINESS = "readiness"


@dataclass(frozen=True)
class ReportQuestion:
    """What was typed. `period` is a Period."""

    period: str
    date: str | None = None
    as_json: bool = False
    markdown: bool = False
    pictures: bool = False
    """Its pictures instead of its words."""


@report.callback()
def reports() -> None:
    """The reports that the team reads: the same facts as in Slack."""


@report.command()
def daily(
    date: OfDate = None,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    pictures: IntoFolder = None,
    home: Home = None,
) -> None:
    """The digest of 07:00: what changed, what needs you, what is at risk, who is on call, what was kept quiet."""
    _ask(home, ReportQuestion(Period.DAILY, date, as_json, markdown), pictures)


@report.command()
def weekly(
    date: OfDate = None,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    pictures: IntoFolder = None,
    home: Home = None,
) -> None:
    """The report of Sundays: service levels, how soon, who was paged when, the noisiest and what could be changed."""
    _ask(home, ReportQuestion(Period.WEEKLY, date, as_json, markdown), pictures)


@report.command()
def monthly(
    date: OfDate = None,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    pictures: IntoFolder = None,
    home: Home = None,
) -> None:
    """The review of a month's first Monday: budgets, capacity, incidents by kind, precision of the alerts."""
    _ask(home, ReportQuestion(Period.MONTHLY, date, as_json, markdown), pictures)


@report.command()
def readiness(as_json: AsJson = False, home: Home = None) -> None:
    """What the deadlines of the next 24 hours still lack, who is late, and the latest start of each step."""
    _ask(home, ReportQuestion(Period.READINESS, as_json=as_json))


def answer_report(
    service: "ReportService", reviews: "ReviewService", question: ReportQuestion, moment: "datetime"
) -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    from bot.domain.dates import DateReader
    from bot.views import report_text

    period = Period(question.period)
    if period is Period.READINESS:
        return _readiness(service, question, moment)
    day = None if question.date is None else DateReader(moment, service.zone).day(question.date)
    told = _daily(service, moment, day) if period is Period.DAILY else _review(reviews, period, moment, day)
    if question.pictures:
        return told.pictures()
    if question.as_json:
        return told.as_json() + "\n"
    return told.marked() if question.markdown else report_text.plain(told.marked())


@dataclass(frozen=True)
class Told:
    """A report in each of its forms: as JSON, as Markdown, and its pictures as they are kept."""

    as_json: "Callable[[], str]"
    marked: "Callable[[], str]"
    pictures: "Callable[[], str]"


def _daily(service: "ReportService", moment: "datetime", day: "Day | None") -> Told:
    from bot.cli.report_json import daily_json
    from bot.views import daily_report, report_pictures

    found = service.daily(moment, day)
    return Told(lambda: daily_json(found), lambda: daily_report.markdown(found), lambda: report_pictures.daily(found))


def _review(service: "ReviewService", period: Period, moment: "datetime", day: "Day | None") -> Told:
    from bot.cli.review_json import monthly_json, weekly_json
    from bot.views import monthly_report, report_pictures, weekly_report

    if period is Period.WEEKLY:
        week = service.weekly(moment, day)
        return Told(
            lambda: weekly_json(week), lambda: weekly_report.markdown(week), lambda: report_pictures.weekly(week)
        )
    month = service.monthly(moment, day)
    return Told(
        lambda: monthly_json(month), lambda: monthly_report.markdown(month), lambda: report_pictures.monthly(month)
    )


def _readiness(service: "ReportService", question: ReportQuestion, moment: "datetime") -> str:
    found = service.readiness(moment)
    if question.as_json:
        import json

        from bot.cli.report_json import readiness_json

        return json.dumps([readiness_json(each) for each in found], indent=2) + "\n"
    from bot.views import readiness

    return readiness.plain(found, service.zone)


def question_of(given: dict[str, Any]) -> ReportQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return ReportQuestion(**given)


def _ask(home: Path | None, question: ReportQuestion, pictures: Path | None = None) -> None:
    """Of the process that serves, when one runs: it has the warehouse and the state."""
    with errors_for_people():
        settings = settings_of(home)
        if pictures is not None:
            check_writable(pictures / "report.png")
        print(_answer(settings, question), end="")
        if pictures is not None:
            _draw(_answer(settings, replace(question, pictures=True)), pictures)


def _answer(settings: "Settings", question: ReportQuestion) -> str:
    from bot.cli.local_client import ask_running

    answer = ask_running(settings.socket, "report", asdict(question))
    return _answered_here(settings, question) if answer is None else answer


def _draw(kept: str, folder: Path) -> None:
    """What was drawn is said beside the report, not in it."""
    from bot.views.report_pictures import read

    drawn = [each.drawn() for each in read(kept)]
    for each in drawn:
        write_output(folder / each.filename, each.png)
        print(f"{folder / each.filename}: {each.alt_text}", file=sys.stderr)
    if not drawn:
        print("There is no picture: nothing is known to draw, or all is well.", file=sys.stderr)


def _answered_here(settings: Any, question: ReportQuestion) -> str:
    from bot.reading import reading
    from bot.reviewing import reports_to_read

    with reading(settings) as found:
        given = found.warehouse, found.registry, found.health, found.impact
        with reports_to_read(settings, *given, found.blindness) as (service, reviews):
            return answer_report(service, reviews, question, now_of(found))
