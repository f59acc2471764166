"""`fireline web` and `fireline worker`: the two halves of a deployment with several processes."""

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.cli import logs
from bot.cli.context import errors_for_people, settings_of
from bot.cli.stopping import Stopping, stoppable

if TYPE_CHECKING:
    from bot.bootstrap import Serving
    from bot.config.settings import Settings
    from bot.processes import Part

log = logging.getLogger("fireline")


def web() -> None:
    """Answer Slack, as one of several processes. Needs PostgreSQL and BigQuery; `fireline run` needs neither."""
    _one_of_several("web")


def worker() -> None:
    """Detect, notify, escalate and page, as one of several processes. Needs PostgreSQL and BigQuery."""
    _one_of_several("worker")


def _one_of_several(name: str) -> None:
    from bot.processes import Part, one_of_several

    with stoppable(lambda: log.info("stopped")) as stopping, errors_for_people():
        settings, part = settings_of(None), Part(name)
        logs.set_up(logging.INFO, settings.log_format)
        with one_of_several(settings, part) as duties:
            asyncio.run(_until_stopped(settings, duties, part, stopping))


async def _until_stopped(settings: "Settings", duties: "Serving", part: "Part", stopping: Stopping) -> None:
    from bot.processes import Part, part_at_work
    from bot.slack.serving import serve, watched_site

    stopping.cancels_this_task()
    working = part_at_work(duties, part)
    if part is Part.WEB:
        await serve(settings, duties.services, working, duties.probe, duties.callbacks, one_of_several=True)
        return
    async with watched_site(settings.port, settings.host, duties.probe):
        with working:
            await asyncio.Event().wait()
