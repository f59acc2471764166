"""`fireline demo`: everything on this machine, nothing to sign up for."""

import asyncio
import logging
from typing import Annotated

import typer

from bot.cli import logs
from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import Home
from bot.cli.stopping import stoppable

PORT = 8765


def demo(
    port: Annotated[
        int | None,
        typer.Option(
            help=f"Where the workspace's page is served ({PORT}, or where the demo runs).", show_default=False
        ),
    ] = None,
    speed: Annotated[float, typer.Option(help="How many times faster than real time the pipeline lives.")] = 1.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Inject NAME or NAME:PROCESSOR; a demo that runs gets it.", show_default=False),
    ] = None,
    heal: Annotated[bool, typer.Option("--heal", help="End every fault of the demo that runs, and stop.")] = False,
    home: Home = None,
) -> None:
    """Run a local Slack workspace, a simulated pipeline with 30 days of history, and Fireline in it."""
    with stoppable(lambda: print("stopped", flush=True)) as stopping, errors_for_people():
        from bot.cli.demo_faults import heal_running, inject_into_running
        from bot.cli.demo_start import ready
        from bot.cli.demo_world import live

        settings = settings_of(home)
        settings = settings.model_copy(update={"home": settings.home / "demo", "warehouse": "duckdb"})
        if heal:
            heal_running(settings.home, port)
            return
        faults = fault or []
        if faults and inject_into_running(settings.home, port, faults):
            return
        logs.set_up(logging.WARNING, settings.log_format)
        start = ready(settings, PORT if port is None else port, speed, faults)
        asyncio.run(live(settings, start, stopping))
