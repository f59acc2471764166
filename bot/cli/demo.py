"""`fireline demo`: everything on this machine, nothing to sign up for."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import logs
from bot.cli.context import errors_for_people, settings_of
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
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Where the demo's state lives (FIRELINE_HOME/demo, else ./var/demo)."),
    ] = None,
) -> None:
    """Run a local Slack workspace, a simulated pipeline with 30 days of history, and Fireline in it."""
    with stoppable(lambda: print("stopped", flush=True)) as stopping, errors_for_people():
        from bot.cli.demo_config import FOLDER
        from bot.cli.demo_faults import heal_running, inject_into_running
        from bot.cli.demo_running import Meant
        from bot.cli.demo_start import check_speed, ready
        from bot.cli.demo_world import live

        settings = settings_of(home)
        where = settings.home / "demo" if home is None else settings.home
        settings = settings.model_copy(update={"home": where, "warehouse": "duckdb"})
        meant = Meant(where, port, PORT if home is None else None)
        check_speed(speed)
        if heal:
            heal_running(meant)
            return
        faults = fault or []
        if faults and inject_into_running(meant, faults):
            return
        logs.set_up(logging.WARNING, settings.log_format)
        start = ready(settings, PORT if port is None else port, speed, faults)
        settings = settings.model_copy(update={"config": settings.home / FOLDER})
        asyncio.run(live(settings, start, stopping))
