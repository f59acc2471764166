"""`python -m benchmarks.attacks`: forged and malformed requests at the HTTP front, in the numbers of the goals."""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession

from bot.slack import app as slack_app
from bot.slack.client import client_session, web_client
from bot.slack.http import PATH
from bot.slack.serving import http_site
from handlers.replies import WorkPool
from sandbox.slack.server import Workspace
from tests.support.attacks import Sent, forged, malformed, signed
from tests.support.slack_bench import MANIFEST, settled, small_history, without_limit

FORGERIES, MALFORMED = 100_000, 34_000
ABREAST = 8


@dataclass
class Seen:
    """What came back: how often each status, and how long each request took in milliseconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{statuses}; p99 {sorted(self.took)[int(len(self.took) * 0.99)]:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks", description=__doc__)
    parser.add_argument("--forgeries", type=int, default=FORGERIES)
    parser.add_argument("--malformed", type=int, default=MALFORMED)
    options = parser.parse_args()
    asyncio.run(_all(options.forgeries, options.malformed))


async def _all(forgeries: int, malformed_ones: int) -> None:
    with tempfile.TemporaryDirectory() as folder, small_history(Path(folder)) as services:
        workspace, pool = Workspace(MANIFEST, rate_limit_scale=0), WorkPool()
        await workspace.start()
        secret, chance = workspace.credentials.signing_secret, random.Random(11)
        client_way = client_session()
        client = web_client(workspace.credentials.bot_token, workspace.api_url, client_way)
        app = slack_app.build(client, services, pool, allowance=without_limit())

        def forge(number: int) -> Sent:
            return forged(chance, secret, int(time.time()), number)

        def bend(number: int) -> Sent:
            return signed(secret, int(time.time()), *malformed(chance, number))

        async with client_way, http_site(app, secret, 0, "127.0.0.1") as port:
            began = workspace.core.recorder.last()
            seen = await _sent(port, forge, forgeries)
            calls = len(workspace.core.recorder.entries(began, kind="request"))
            print(f"{forgeries:,} forgeries: {seen}; calls of Slack: {calls}", flush=True)
            before = _memory()
            print(f"{malformed_ones:,} malformed: {await _sent(port, bend, malformed_ones)}; ", end="")
            print(f"memory {before:.0f} to {_memory():.0f} MB (with the local workspace's records)")
            await settled()
        pool.close()
        await workspace.stop()


async def _sent(port: int, make: Callable[[int], Sent], count: int) -> Seen:
    seen, url = Seen(), f"http://127.0.0.1:{port}{PATH}"
    async with ClientSession() as http:

        async def some(first: int) -> None:
            for number in range(first, count, ABREAST):
                sent = make(number)
                began = time.perf_counter()
                async with http.post(url, data=sent.body, headers=sent.headers) as answer:
                    seen.statuses[answer.status] += 1
                seen.took.append((time.perf_counter() - began) * 1_000)

        tasks: list[Awaitable[None]] = [some(first) for first in range(ABREAST)]
        await asyncio.gather(*tasks)
    return seen


def _memory() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
