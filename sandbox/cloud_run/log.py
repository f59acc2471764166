"""The log of what runs on the local Cloud Run, as Cloud Logging's REST API lists it: a line for each run that failed.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
"""

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from sandbox.pipeline.database import FILE_NAME

SERVICE = re.compile(r'resource\.labels\.service_name="([^"\\]+)"')
SPAN = re.compile(r'timestamp>="([^"]+)" AND timestamp<"([^"]+)"')
FAILED = """
SELECT run_id, completed_at, processor_name, data_date, error_message FROM processor_run_history
WHERE status = 'failed' AND trigger <> 'poll' AND failure_category NOT IN ('no_data_available', 'unknown')
AND completed_at >= ? AND completed_at < ? ORDER BY completed_at DESC
"""
"""What a service finds as it does every day, such as no data yet, it does not log as an error."""
MOST = 1_000


def create_log(directory: Path, registry: Path) -> web.Application:
    """Served below /v2. `directory`: of the pipeline's database; `registry`: its file, for whose run it is."""

    def found_of(service: str, since: str, until: str) -> list[dict[str, Any]]:
        known = yaml.safe_load(registry.read_text(encoding="utf-8"))["processors"]
        names = {each["name"] for each in known if each.get("service") == service}
        return [_entry(row, service) for row in _failed(directory, since, until) if row[2] in names]

    async def entries(request: web.Request) -> web.Response:
        asked = await request.json()
        service, span = SERVICE.search(str(asked.get("filter"))), SPAN.search(str(asked.get("filter")))
        if service is None or span is None:
            return web.json_response({"error": {"code": 400, "message": "Unparseable filter"}}, status=400)
        found = await asyncio.to_thread(found_of, service[1], _moment(span[1]), _moment(span[2]))
        return web.json_response({"entries": found[: min(int(asked.get("pageSize") or MOST), MOST)]})

    app = web.Application()
    app.router.add_post("/entries:list", entries)
    return app


def _failed(directory: Path, since: str, until: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(f"file:{directory / FILE_NAME}?mode=ro", uri=True)) as kept:
        return kept.execute(FAILED, (since, until)).fetchall()


def _moment(said: str) -> str:
    """As the database writes them."""
    return f"{datetime.fromisoformat(said).astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _entry(row: tuple[str, ...], service: str) -> dict[str, Any]:
    run_id, at, processor, day, message = row
    resource = {"type": "cloud_run_revision", "labels": {"service_name": service}}
    text = f"{processor} {day} (run {run_id}): {message}"
    logged = {"insertId": run_id, "logName": "projects/demo/logs/run.googleapis.com%2Fstderr", "resource": resource}
    return {**logged, "timestamp": f"{at.replace(' ', 'T')}Z", "severity": "ERROR", "textPayload": text}
