"""The `fireline` command: parse, ask a service, print."""

import os
from typing import Annotated

import typer

from bot.cli.audit import audit
from bot.cli.check_config import check_config
from bot.cli.declare import page
from bot.cli.demo import demo
from bot.cli.deploys import deploys
from bot.cli.health import health
from bot.cli.healthz import healthz
from bot.cli.impact import impact
from bot.cli.incident import incident
from bot.cli.init import init
from bot.cli.load import load
from bot.cli.manifest import manifest
from bot.cli.migrate import migrate
from bot.cli.oncall import oncall
from bot.cli.practice import page_for_practice
from bot.cli.processes import web, worker
from bot.cli.query import query
from bot.cli.receipt import receipt
from bot.cli.registry import registry
from bot.cli.replay import replay
from bot.cli.report import report
from bot.cli.reprocess import reprocess
from bot.cli.run import run
from bot.cli.runbook import runbook
from bot.cli.shadow import shadow
from bot.cli.silence import silence, window
from bot.cli.simulate import simulate
from bot.cli.slo import slo
from bot.cli.sources import sources
from bot.cli.validate import validate
from bot.cli.watch import watch

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    from importlib.metadata import version

    if wanted:
        print(f"fireline {version('fireline')}")
        raise typer.Exit


@app.callback()
def fireline(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Fireline: incident detection for data pipelines, in Slack and on the command line."""


app.command()(health)
app.command()(impact)
app.command()(shadow)
app.command()(validate)
app.command()(slo)
app.command()(watch)
app.command()(deploys)
app.command()(init)
app.command()(load)
app.command()(query)
app.command()(check_config)
app.command()(migrate)
app.command()(replay)
app.command()(run)
app.command()(demo)
app.command()(manifest)
app.command()(page)
app.command()(healthz)
app.add_typer(registry, name="registry")
app.add_typer(sources, name="sources")
oncall.command(name="test")(page_for_practice)
app.add_typer(oncall, name="oncall")
app.add_typer(incident, name="incident")
app.add_typer(audit, name="audit")
app.add_typer(reprocess, name="reprocess")
app.add_typer(receipt, name="receipt")
app.add_typer(runbook, name="runbook")
app.add_typer(silence, name="silence")
app.add_typer(window, name="window")
app.add_typer(simulate, name="simulate")
app.add_typer(report, name="report")
app.command()(web)
app.command()(worker)


OWNER_ONLY = 0o077
"""What a history says is for those who may read it where it came from: files are 0600, folders 0700."""


def main() -> None:
    os.umask(OWNER_ONLY)
    app()
