"""Answer the command line over a socket in FIRELINE_HOME while this process owns the embedded warehouse."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.cli.health import answer_health, question_of
from bot.domain.errors import FirelineError
from bot.services.app import AppServices
from handlers.replies import WorkPool

log = logging.getLogger("fireline.local")
LONGEST_PATH = 100
"""Bytes; the kernel takes 107: https://man7.org/linux/man-pages/man7/unix.7.html"""


@asynccontextmanager
async def local_api(path: Path, services: AppServices) -> AsyncIterator[None]:
    """Serve for as long as the block runs. The socket is readable by this user alone."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        log.warning("%s is too long for a socket: the command line cannot ask this process", path)
        yield
        return
    pool = WorkPool(threads=1)
    runner = web.AppRunner(_application(services, pool), access_log=None)
    await runner.setup()
    path.unlink(missing_ok=True)
    try:
        await web.UnixSite(runner, str(path)).start()
        path.chmod(0o600)
        yield
    finally:
        await runner.cleanup()
        pool.close()
        path.unlink(missing_ok=True)


def _application(services: AppServices, pool: WorkPool) -> web.Application:
    async def health(request: web.Request) -> web.Response:
        try:
            question = question_of(await request.json())
            text = await pool.run(answer_health, services.health, question, services.now())
        except FirelineError as error:
            return web.json_response({"error": str(error)})
        except (TypeError, ValueError) as error:
            return web.json_response({"error": f"The running process does not understand the question: {error}"})
        return web.json_response({"text": text})

    app = web.Application()
    app.router.add_post("/health", health)
    return app
