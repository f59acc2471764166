"""`python -m benchmarks.acknowledgements kills` (or deliveries): through the HTTP front, and what is kept of them."""

import argparse
import os
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from tests.contracts.postgres import POSTGRESQL, SQLITE, state_database
from tests.pit.front import Crowd, Kept, acknowledge, opened, users, webs
from tests.pit.story import ScaledClock, Story
from tests.pit.vendors import Vendors, serving

ABREAST = 4
MOST_DELIVERIES = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acknowledgements", description=__doc__)
    parser.add_argument("what", choices=("kills", "deliveries"))
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--database", choices=(SQLITE, POSTGRESQL), default=POSTGRESQL)
    parser.add_argument("--each", type=int, default=10, help="acknowledgements to a kill, on average")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, state_database(options.database, Path(folder)) as (where, _):
        migrate(open_engine(where, patient=True))
        story, clock = Story(options.count, 1.0, options.seed), ScaledClock(time.time(), 1.0)
        labels = opened(where, story)
        work = {"kills": _killed, "deliveries": _delivered}[options.what]
        with serving(Vendors(clock, share=0, looks=0, hangs_s=0, seed=0)) as slack:
            print(f"{options}; load {os.getloadavg()[0]:.1f}")
            print(work(options, story, labels, where, slack.address), flush=True)


def _killed(options: argparse.Namespace, story: Story, labels: dict[str, str], where: str, slack: str) -> str:
    """The process is killed when the answer to the last of some has come; the next goes on with those without one."""
    crowd, chance, began = Crowd(list(users(story, labels)), ABREAST), random.Random(options.seed), time.monotonic()
    with webs(where, slack, story) as [web]:
        while crowd.work:
            crowd.until(web, chance.randint(1, 2 * options.each - 1))
            web.kill()
            if crowd.work:
                web.start()
    kept, took = Kept.of(where), sorted(crowd.took_s)
    lost = crowd.answered - kept.acknowledged
    twice = sum(count > 1 for count in (kept.timeline | kept.audited).values())
    return (
        f"  answered {len(crowd.answered):,} with 200, killed {web.starts:,} times: LOST {len(lost)}, twice {twice}; "
        f"{ABREAST} at a time: p50 {took[len(took) // 2] * 1e3:.0f} ms, "
        f"p99 {took[int(len(took) * 0.99)] * 1e3:.0f} ms, most {took[-1] * 1e3:.0f} ms; "
        f"{time.monotonic() - began:.0f} s"
    )


def _delivered(options: argparse.Namespace, story: Story, labels: dict[str, str], where: str, slack: str) -> str:
    """Each of them one to ten times, in any order, to three processes, as R10 asks."""
    chance, began = random.Random(options.seed), time.monotonic()
    all_of_them = [each for each in users(story, labels) for _ in range(chance.randint(1, MOST_DELIVERIES))]
    chance.shuffle(all_of_them)
    with webs(where, slack, story, 3) as made, ThreadPoolExecutor(8) as pool:

        def deliver(asked: tuple[str, str]) -> bool:
            return acknowledge(chance.choice(made).site.port, asked[0], asked[1], f"{asked[0]}.1")

        answered = sum(pool.map(deliver, all_of_them))
    kept = Kept.of(where)
    changes = [dict.fromkeys(labels.values(), 0) | kept.timeline, dict.fromkeys(labels.values(), 0) | kept.audited]
    other = sum(count != 1 for each in changes for count in each.values())
    return (
        f"  {len(labels):,} acknowledgements delivered {len(all_of_them):,} times to three processes, {answered:,} "
        f"answered with 200; acknowledged {len(kept.acknowledged):,}; not exactly one change or audit record: {other}; "
        f"{time.monotonic() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
