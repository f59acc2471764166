"""Answer the command line over a socket in FIRELINE_HOME while this process owns the embedded warehouse."""

import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.cli.declare import answer_declare
from bot.cli.declare import question_of as declare_question
from bot.cli.deploys import answer_deploys
from bot.cli.deploys import question_of as deploys_question
from bot.cli.health_answer import answer_health, question_of
from bot.cli.impact import answer_impact
from bot.cli.impact import question_of as impact_question
from bot.cli.incident import answer_incident
from bot.cli.incident import question_of as incident_question
from bot.cli.oncall import answer_oncall
from bot.cli.oncall import question_of as oncall_question
from bot.cli.practice import answer_practice
from bot.cli.practice import question_of as practice_question
from bot.cli.query import answer_query
from bot.cli.query import question_of as query_question
from bot.cli.receipt import answer_receipt
from bot.cli.receipt import question_of as receipt_question
from bot.cli.report import answer_report
from bot.cli.report import question_of as report_question
from bot.cli.reprocess import answer_reprocess
from bot.cli.reprocess import question_of as reprocess_question
from bot.cli.silence import answer_silence
from bot.cli.silence import question_of as silence_question
from bot.cli.slo import answer_slo
from bot.cli.slo import question_of as slo_question
from bot.cli.validate import answer_validate
from bot.cli.validate import question_of as validate_question
from bot.cli.watch import answer_watch
from bot.cli.watch import question_of as watch_question
from bot.domain.errors import FirelineError, reason_of
from bot.services.app import AppServices
from bot.services.probe import Probe, Said
from bot.slack.http import metrics_of
from handlers.answers import questions
from handlers.replies import WorkPool

log = logging.getLogger("fireline.local")
Answer = Callable[[dict[str, Any]], str]
FINISH_S = 1.0
"""A load that runs on afterwards is not waited for: it is whole or not at all."""
LONGEST_PATH = 100
"""Bytes; the kernel takes 107: https://man7.org/linux/man-pages/man7/unix.7.html"""


@asynccontextmanager
async def local_api(
    path: Path, services: AppServices, takes_in: Mapping[str, Answer], paging: Answer, probe: Probe
) -> AsyncIterator[None]:
    """Serve for as long as the block runs. The socket is readable by this user alone; `takes_in` answers what
    takes data in (`load`, `sources`), one at a time; `paging` whom pages would reach.
    """
    if len(os.fsencode(path)) > LONGEST_PATH:
        log.warning("%s is too long for a socket: the command line cannot ask this process", path)
        yield
        return
    pool, loads = WorkPool(threads=1), WorkPool(threads=1)
    application = _application(services, pool)
    application.router.add_post("/paging", _answering(pool, paging))
    for name, answer in takes_in.items():
        application.router.add_post(f"/{name}", _answering(loads, answer))
    application.router.add_post("/healthz", _saying(probe.wrong))
    application.router.add_post("/warnings", _saying(probe.warnings))
    application.router.add_post("/reads", _saying(probe.sources))
    application.router.add_get("/metrics", metrics_of(probe))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_S)
    await runner.setup()
    path.unlink(missing_ok=True)
    try:
        await web.UnixSite(runner, str(path)).start()
        path.chmod(0o600)
        yield
    finally:
        await runner.cleanup()
        pool.close()
        loads.close()
        path.unlink(missing_ok=True)


def _application(services: AppServices, pool: WorkPool) -> web.Application:
    app = web.Application()
    for name, answer in _answers(services).items():
        app.router.add_post(f"/{name}", _answering(pool, answer))
    return app


def _answers(services: AppServices) -> Mapping[str, Answer]:
    """By the command that asks. Services are asked for each time: they are renewed."""
    return {
        "health": lambda given: answer_health(services.health, question_of(given), services.now()),
        "impact": lambda given: answer_impact(services.impact, impact_question(given), services.now()),
        "validate": lambda given: answer_validate(
            services.validation, services.sampling, validate_question(given), services.now()
        ),
        "query": lambda given: answer_query(services.queries, query_question(given), services.now()),
        "oncall": lambda given: answer_oncall(services.oncall, oncall_question(given), services.now()),
        "incident": lambda given: answer_incident(services.responses, incident_question(given), services.now()),
        "silence": lambda given: answer_silence(
            services.silences, questions(services), silence_question(given), services.now()
        ),
        "declare": lambda given: answer_declare(
            services.declaring, services.responses, declare_question(given), services.now()
        ),
        "practice": lambda given: answer_practice(
            services.practice, services.responses, practice_question(given), services.now()
        ),
        "deploys": lambda given: answer_deploys(services.deploys, deploys_question(given), services.now()),
        "reprocess": lambda given: answer_reprocess(
            services.repairs,
            services.repair_work.control,
            services.operations.circuits,
            reprocess_question(given),
            services.now(),
        ),
        "slo": lambda given: answer_slo(services.slo, slo_question(given), services.now()),
        "watch": lambda given: answer_watch(
            services.watches, services.health.dates(services.now()), watch_question(given), services.now()
        ),
        "receipt": lambda given: answer_receipt(services.repair_work.receipts, receipt_question(given), services.now),
        "report": lambda given: answer_report(
            services.reports, services.reviews, report_question(given), services.now()
        ),
    }


Handler = Callable[[web.Request], Awaitable[web.Response]]


def _saying(said: Said) -> Handler:
    """Asked on the event loop: whatever else is worked on, this is answered."""

    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"text": "\n".join(said())})

    return handle


def _answering(pool: WorkPool, answer: Answer) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            text = await pool.run(answer, await request.json())
        except FirelineError as error:
            return web.json_response({"error": str(error)})
        except OSError as error:
            return web.json_response({"error": f"{error.filename or 'The running process'}: {reason_of(error)}."})
        except (TypeError, ValueError, KeyError) as error:
            return web.json_response({"error": f"The running process does not understand the question: {error}"})
        return web.json_response({"text": text})

    return handle
