"""`fireline simulate page`: who would be paged, minute by minute, by what; nothing is sent."""

from typing import Annotated

import typer

from bot.cli.options import AsJson, Home

simulate = typer.Typer(help="What would happen, without anything being sent.", no_args_is_help=True)


@simulate.callback()
def _simulate() -> None:
    """One command at least: `page`."""


@simulate.command()
def page(
    severity: Annotated[str, typer.Option(help="P0, P1 or P2.")] = "P0",
    at: Annotated[
        str | None, typer.Option(help="When it is announced, by the clock of oncall.yaml.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Who would be paged for an incident that nobody acknowledges, from the engine's own rules."""
    from bot.cli.paging_answers import Act, ask_paging

    ask_paging(home, Act.PAGE, severity=severity, at=at, as_json=as_json)
