"""Plans the silent faults: what looks like trouble, is not, and must not be announced."""

from __future__ import annotations

from datetime import date, timedelta

from tests.worlds.clock import at
from tests.worlds.fleet import fleet
from tests.worlds.model import Fault
from tests.worlds.picker import Picker

HEALS = "one failure, retry succeeded within minutes"
WHY = {
    "tracking_bug": "records_processed=0 but the table has the rows (a P3 note of kind tracking_bug is allowed)",
    "self_healed_transient": HEALS,
    "tiny_sample_fluke": "1 of 2 runs failed: 50% on n=2, retry succeeded",
    "one_off_slow_run": "a single slow run, next one normal",
    "long_but_alive": "long run, heartbeats current, under the 30 minute limit",
    "late_arriving_row": "the run was on time, its history row arrived late (table load is visible)",
    "mild_slowdown": "two days 15 % slower: ordinary variation",
    "two_failures_then_success": "two failures, the second retry succeeded",
    "thin_coverage": "coverage of 92-95 %, above the limit of 90 %",
    "early_partial": "an early slot loaded little, the last slot completed the date",
    "small_storm": "four processors shared one short outage and healed by their retries",
    "planned_backfill": "announced backfill: bulk runs, some fail, slow",
    "maintenance": "announced source maintenance window",
}
SPAN = {  # hours ET of the first date, and length in hours
    "tracking_bug": (22, 26),
    "self_healed_transient": (22, 8),
    "tiny_sample_fluke": (5, 25),
    "one_off_slow_run": (5, 43),
    "long_but_alive": (20, 28),
    "late_arriving_row": (20, 28),
    "mild_slowdown": (0, 72),
    "two_failures_then_success": (8, 24),
    "thin_coverage": (22, 26),
    "early_partial": (22, 8),
    "small_storm": (8, 16),
}


def silent(kind: str, names: tuple[str, ...], day: date) -> Fault:
    hour, length = SPAN[kind]
    begin = at(day, hour)
    return Fault(kind, names, (day,), (begin, begin + timedelta(hours=length)), silent=True, why=WHY[kind])


def plan(pick: Picker) -> list[Fault]:
    """The recorded worlds' look-alikes, and in hard worlds more and closer ones."""
    late, post = pick.named("p3", "p4", leaves=False), pick.named("post", leaves=False)
    small = [*pick.named("p6", "grade", "daily")]
    found = [silent("tracking_bug", *_one(pick, [*post, "TeamOffenseGameSummaryProcessor"])) for _ in range(14)]
    found += [silent("self_healed_transient", *_one(pick, post)) for _ in range(16)]
    found += [silent("tiny_sample_fluke", *_one(pick, small)) for _ in range(10)]
    for _ in range(10):
        fault = silent("one_off_slow_run", *_one(pick, [*late, *pick.named("post", "daily", "pre", "hourly")]))
        fault.factor = pick.random.uniform(3.4, 6.0)
        found.append(fault)
    longest = ["PlayerGameSummaryProcessor", "PlayerCompositeFactorsProcessor"]
    for _ in range(6 if pick.hard else 4):
        fault = silent("long_but_alive", *_one(pick, longest if not pick.hard else [*longest, *pick.named("p4")]))
        fault.factor = pick.random.uniform(1500, 1690) if pick.hard else pick.random.uniform(1150, 1520)
        found.append(fault)
    for _ in range(8):
        fault = silent("late_arriving_row", *_one(pick, late))
        fault.shift = timedelta(hours=pick.random.uniform(2, 3) if pick.hard else pick.random.uniform(1.4, 2.9))
        found.append(fault)
    return [*found, *_announced(pick), *(_edge(pick) if pick.hard else [])]


def _one(pick: Picker, names: list[str]) -> tuple[tuple[str, ...], date]:
    name, day = pick.pick(names)
    return (name,), day


def _announced(pick: Picker) -> list[Fault]:
    found = []
    for kind, names, hours, notice in (
        ("planned_backfill", pick.named("post"), 5, 1),
        ("maintenance", pick.named("hourly", leaves=False), 3, 2),
    ) * 2:
        name, day = pick.pick(names, days=pick.days)
        begin = at(day, pick.random.choice((5, 8, 9, 10, 11)) if kind == "planned_backfill" else 10)
        fault = Fault(kind, (name,), (day,), (begin, begin + timedelta(hours=hours)), silent=True, why=WHY[kind])
        fault.shift = timedelta(days=notice)
        found.append(fault)
    return found


def _edge(pick: Picker) -> list[Fault]:
    found = []
    for _ in range(3):
        name, day = pick.pick(pick.named("post", "p3", "p4", "pre", leaves=False), length=3)
        fault = silent("mild_slowdown", (name,), day)
        fault.factor = 1.15
        found.append(fault)
    names = [*pick.named("post", "pre", "p3", "p4", leaves=False), *pick.named("hourly", leaves=False)]
    found += [silent("two_failures_then_success", *_one(pick, names)) for _ in range(8)]
    for kind, low, high in (("thin_coverage", 0.925, 0.95), ("early_partial", 0.05, 0.2)):
        for _ in range(6):
            fault = silent(kind, *_one(pick, pick.named("post")))
            fault.factor = pick.random.uniform(low, high)
            found.append(fault)
    for _ in range(2):
        day = pick.random.choice(pick.game_days)
        free = [name for name in pick.named("hourly", leaves=False) if pick.free(name, day)]
        if len(free) >= 4:
            group = pick.random.sample(free, 4)
            for name in group:
                pick.take(name, day)
            found.append(silent("small_storm", tuple(group), day))
    return found


def announced(faults: list[Fault]) -> list[dict[str, object]]:
    """The planned windows file: what was announced, and when."""
    rows: list[dict[str, object]] = []
    for fault in faults:
        if fault.kind not in ("planned_backfill", "maintenance") or fault.window is None:
            continue
        begin, end = fault.window
        head: dict[str, object] = {"kind": "backfill"}
        note = "planned historical backfill"
        if fault.kind == "maintenance":
            head = {"kind": "maintenance", "source": fleet()[fault.processors[0]].source}
            note = "announced source maintenance"
        times = {"start": begin, "end": end, "announced_at": begin - fault.shift}
        text = {key: moment.strftime("%Y-%m-%d %H:%M:%S") for key, moment in times.items()}
        rows.append({**head, "processors": list(fault.processors), **text, "note": note})
    return rows
