"""The `fireline` command: parse, ask a service, print."""

import typer

from bot.cli.health import health
from bot.cli.load import load
from bot.cli.query import query

app = typer.Typer(
    help="Fireline: the on-call colleague of a data-platform team.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(health)
app.command()(load)
app.command()(query)


def main() -> None:
    app()
