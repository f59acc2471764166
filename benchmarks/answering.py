"""A process that has the warehouse open and answers the command line, as `fireline run` does, without Slack."""

import asyncio
import sys
from pathlib import Path

from bot.bootstrap import app_services
from bot.cli.local_api import local_api
from bot.cli.serving import whom_pages_reach
from bot.config.settings import Settings
from bot.opening import warehouse
from bot.services.probe import Probe

READY = "ready"


async def _serve(settings: Settings) -> None:
    with warehouse(settings, read_only=True) as opened:
        services = app_services(opened, settings)
        async with local_api(settings.socket, services, {}, whom_pages_reach(settings, services), Probe()):
            print(READY, flush=True)
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Settings(home=Path(sys.argv[1]))))
