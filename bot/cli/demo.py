"""`fireline demo`: everything on this machine, nothing to sign up for."""

import asyncio
import logging
from typing import Annotated

import typer

from bot.cli import logs
from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import Home

PORT = 8765


def demo(
    port: Annotated[int, typer.Option(help="Where the workspace's page is served.")] = PORT,
    speed: Annotated[float, typer.Option(help="How many times faster than real time the pipeline lives.")] = 1.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Inject NAME or NAME:PROCESSOR; a demo that runs gets it.", show_default=False),
    ] = None,
    heal: Annotated[bool, typer.Option("--heal", help="End every fault of the demo that runs, and stop.")] = False,
    home: Home = None,
) -> None:
    """Run a local Slack workspace, a simulated pipeline with 30 days of history, and Fireline in it."""
    from bot.cli.demo_faults import heal_running, inject_into_running
    from bot.cli.demo_world import live

    faults = fault or []
    with errors_for_people():
        settings = settings_of(home)
        if heal:
            heal_running(port)
            return
        if faults and inject_into_running(port, faults):
            return
        logs.set_up(logging.WARNING)
        own = {"home": settings.home / "demo", "warehouse": "duckdb"}
        asyncio.run(live(settings.model_copy(update=own), port, speed, faults))
