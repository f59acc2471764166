"""`fireline health`: the true state of the pipeline."""

from typing import Annotated

import typer

from bot.cli.context import AsJson, Home, errors_for_people, now, parse_moment, settings_of


def health(
    days: Annotated[int, typer.Option(help="How many days back the window reaches.")] = 7,
    phase: Annotated[int | None, typer.Option(help="Only this phase.", show_default=False)] = None,
    processor: Annotated[str | None, typer.Option(help="Only this processor.", show_default=False)] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Exactly as it was known then (UTC unless it has an offset).", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List the healthy processors too.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say how the pipeline is: what failed for real, what was expected, and why it has its colour."""
    from bot.bootstrap import reading
    from bot.cli.health_json import health_json
    from bot.services.health import HealthRequest

    with errors_for_people():
        moment = parse_moment(as_of) if as_of is not None else None
        request = HealthRequest(days=days, phase=phase, processor=processor, as_of=moment)
        with reading(settings_of(home)) as services:
            report = services.health.of(request, now())
    if as_json:
        print(health_json(report))
        return
    from bot.cli.health_table import print_health

    print_health(report, everything=everything or phase is not None or processor is not None)
