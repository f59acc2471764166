"""`fireline replay`: what Fireline would have said over a recorded history."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, now, parse_moment, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.outputs import STANDARD_OUTPUT, check_writable
from bot.cli.terminal import say, shown
from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.lengths import length

if TYPE_CHECKING:
    from bot.ports.warehouse import LoadReport
    from bot.services.recorded import Asked, Replayed

MOST_REJECTED = 20
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=1)

MostRise = Annotated[float, typer.Option(help="Compare: so much larger a share of pages is accepted.", min=0.0)]
Silence = Annotated[
    list[str] | None,
    typer.Option(help="Compare: the change silences this processor, or `phase N`.", show_default=False),
]
Unsilenced = Annotated[bool, typer.Option("--unsilenced", help="Compare: silences that people had set do not hold.")]


def replay(
    data: Annotated[
        Path | None,
        typer.Option(
            help="Data directory: runs.parquet (or .csv, .ndjson) and its companions.",
            show_default="own, with --against",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write one JSON line a notification here; - is standard output.", show_default=False),
    ] = None,
    begin: Annotated[str | None, typer.Option("--from", help="First tick.", show_default="all")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last tick.", show_default="all")] = None,
    step: Annotated[str, typer.Option(help="Time between ticks, as 90s, 10m, 1h.")] = "10m",
    report: Annotated[Path | None, typer.Option(help="Write a report (Markdown) here.", show_default=False)] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw a timeline (PNG) here.", show_default=False)] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Compare: the configuration folder as it is.", show_default=False),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Compare: the folder with the change.", show_default="FIRELINE_CONFIG")
    ] = None,
    days: Annotated[int, typer.Option(help="Compare: over the last days of the history.")] = 90,
    most_rise: MostRise = 0.2,
    silence: Silence = None,
    unsilenced: Unsilenced = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Compare: print Markdown, all of it.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Run detection and the gate over recorded history: each tick knows only what was known at that moment. With
    --against, compare two configurations over one history: exit code 1 if the change loses what people confirmed.
    """
    if against is not None:
        from bot.cli.replay_compared import Comparison, compare

        with errors_for_people(), _told_days(quiet=markdown or as_json) as at_tick:
            _refuse("--against", {"--out": out, "--report": report, "--chart": chart, "--from": begin, "--to": end})
            hidden = tuple(silence or ())
            asked_for = Comparison(against, config, data, days, parse_step(step), most_rise, hidden, unsilenced)
            compare(asked_for, settings_of(home), at_tick, markdown=markdown, as_json=as_json)
        return
    from bot.cli.replay_files import summary_json, summary_line, write_all
    from bot.services.recorded import Asked

    with errors_for_people():
        compared = {"--config": config, "--silence": silence, "--unsilenced": unsilenced or None}
        _refuse("a replay without --against", {**compared, "--markdown": markdown or None})
        data, out = _both(data, out)
        for file in filter(None, (out, report, chart)):
            check_writable(file)
        asked = Asked(_moment(begin), _moment(end), parse_step(step))
        replayed = _replayed(data, asked, home, quiet=as_json)
        write_all(replayed, out, report, chart)
    summary = summary_json(replayed) if as_json else summary_line(replayed, out)
    say(summary, error=out == STANDARD_OUTPUT)


def _both(data: Path | None, out: Path | None) -> tuple[Path, Path]:
    """Raises BadInput where one of them is not given."""
    if data is None or out is None:
        lacks = "--data DIR" if data is None else "--out FILE"
        raise BadInput(f"{lacks} is missing: a replay reads a folder and writes what would have been said to a file.")
    return data, out


def _refuse(what: str, options: Mapping[str, object]) -> None:
    """Raises BadInput for an option that would be ignored."""
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise BadInput(f"{' and '.join(given)} cannot be used with {what}. Leave it out.")


def _replayed(data: Path, asked: "Asked", home: Path | None, *, quiet: bool) -> "Replayed":
    from bot.first_draft import registry_to_load
    from bot.opening import recorded

    if not data.is_dir():
        raise BadInput(f"{data} is no directory. Name the folder that holds runs.parquet and its companions.")
    settings = settings_of(home)
    registry, warnings = registry_to_load(settings, data, lambda: None)
    telling = _is_telling(quiet=quiet)
    with recorded(settings, registry) as service:
        loaded = service.load(data, registry, now(), _tell if telling else lambda _step, _rows: None)
        _print_load(loaded)
        with _told_days(quiet=quiet) as at_tick:
            replayed = service.run(registry, asked, loaded, now(), at_tick)
    for warning in (*warnings, *replayed.report.warnings):
        say(f"warning: {shown(warning)}", error=True)
    return replayed


def parse_step(text: str) -> timedelta:
    """`10m` -> ten minutes. Raises BadInput."""
    found = re.fullmatch(r"([0-9]{1,6})([smh])", text.strip())
    step = length(found[1], found[2]) if found else timedelta()
    if not SHORTEST <= step <= LONGEST:
        raise BadInput(f"{text!r} is no step between ticks. Write one from 10s to 24h, as 90s, 10m or 1h.")
    return step


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_moment(text)


def _tell(step: str, rows: int) -> None:
    counted = f" ({plural(rows, 'row')})" if rows else ""
    print(f"  {step}{counted} …", file=sys.stderr)


def _is_telling(*, quiet: bool) -> bool:
    return sys.stderr.isatty() and not quiet


def _told_days(*, quiet: bool) -> AbstractContextManager[Callable[[datetime], None]]:
    return _each_day() if _is_telling(quiet=quiet) else nullcontext(lambda _tick: None)


@contextmanager
def _each_day() -> Iterator[Callable[[datetime], None]]:
    """Says on one line of the terminal which day is being replayed; the line is gone when it ends."""
    shown = ""

    def at_tick(tick: datetime) -> None:
        nonlocal shown
        if shown != f"{tick:%Y-%m-%d}":
            shown = f"{tick:%Y-%m-%d}"
            print(f"\r  replaying {shown} …", end="", file=sys.stderr, flush=True)

    try:
        yield at_tick
    finally:
        print("\r\x1b[K" if shown else "", end="", file=sys.stderr, flush=True)


def _print_load(loaded: "LoadReport") -> None:
    listed: Iterable[object] = loaded.rejected[:MOST_REJECTED]
    for row in listed:
        say(f"rejected: {shown(row)}", error=True)
    if len(loaded.rejected) > MOST_REJECTED:
        say(f"rejected: {plural(len(loaded.rejected) - MOST_REJECTED, 'more row')}", error=True)
