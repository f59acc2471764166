"""Plans the incidents of a world: two of each kind, with recorded magnitudes or, in hard worlds, nearer the edge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from tests.worlds.clock import at, deadline, slots
from tests.worlds.fleet import POLLERS, downstream, fleet
from tests.worlds.model import Fault
from tests.worlds.picker import Picker

SCRAPED = {
    "SyntheticRaw01Processor": "SyntheticScraperA",
    "SyntheticRaw02Processor": "SyntheticScraperB",
    "BettingPropsProcessor": "BettingPropsEventsScraper",
    "BdlBoxscoresProcessor": "BdlBoxScoreScraper",
}


def dated(kind: str, names: Callable[[Picker], list[str]]) -> Callable[[Picker, int], Fault]:
    def plan(pick: Picker, number: int) -> Fault:
        name, day = pick.pick(names(pick), blocks=True)
        return Fault(kind, (name,), (day,), masked=number == 1 and kind == "zero_records_processor")

    return plan


def window(first: date, days: int) -> tuple[datetime, datetime]:
    return at(first, 0), at(first + timedelta(days=days), 5)


def perf(pick: Picker, _: int) -> Fault:
    names = pick.named("post", "pre", "p3", "p4", leaves=False)
    name, day = pick.pick([name for name in names if not fleet()[name].polling], length=5)
    factor = pick.random.uniform(2.1, 3.0) if pick.hard else pick.random.uniform(3.6, 6.0)
    return Fault("perf_degradation", (name,), (day,), window(day, 4), factor, note=f"x{factor:.1f} median")


def drift(pick: Picker, _: int) -> Fault:
    name, day = pick.pick(pick.named("hourly", "p3", "p4", leaves=False), length=9)
    factor = pick.random.uniform(1.25, 1.4) if pick.hard else pick.random.uniform(1.4, 1.6)
    return Fault("slow_drift", (name,), (day,), window(day, 8), factor, note=f"x{factor:.2f} sustained 8 days")


def cascade(pick: Picker, number: int) -> Fault:
    roots = ["PlayerGameSummaryProcessor", "NbacGamebookProcessor"]
    if pick.hard:
        roots = [*roots, "EspnBoxscoreProcessor", "BdlBoxscoresProcessor", "TeamOffenseGameSummaryProcessor"]
        pick.random.shuffle(roots)
    name, day = pick.pick([roots[number % len(roots)]], blocks=True)
    return Fault("upstream_cascade", (name,), (day,))


def phase_down(pick: Picker, _: int) -> Fault:
    firsts = [day for day in pick.game_days if day + timedelta(days=1) in pick.game_days]
    name, day = pick.pick(["PredictionCoordinator"], length=2, days=firsts)
    return Fault("phase_down", (name,), (day, day + timedelta(days=1)), note="phase 5 down, exporters blocked")


def stuck(pick: Picker, _: int) -> Fault:
    name, day = pick.pick(pick.ordinary(), blocks=True)
    silence = pick.random.choice((0, 15, 420, 900, 1500, 2700)) if pick.hard else pick.random.randint(80, 230)
    return Fault("stuck_run", (name,), (day,), shift=timedelta(seconds=silence))


def late(pick: Picker, _: int) -> Fault:
    name, day = pick.pick([*pick.named("post", "p4"), *(pick.named("p3", "pre") if pick.hard else [])])
    processor = fleet()[name]
    room = deadline(processor, day) - slots(processor, day)[0]
    shift = timedelta(hours=pick.random.uniform(4.5, 8.7))
    if pick.hard:
        shift = room + timedelta(minutes=pick.random.uniform(10, 40))
        if processor.frequency == "post":
            shift = deadline(processor, day) - slots(processor, day)[1] + timedelta(minutes=pick.random.uniform(10, 40))
    return Fault("sla_miss", (name,), (day,), shift=shift)


def missing(pick: Picker, _: int) -> Fault:
    names = [*pick.named("post", "daily"), "SyntheticAnalytics04Processor"]
    name, day = pick.pick([*names, *(pick.ordinary() if pick.hard else [])], blocks=True)
    return Fault("missing_run", (name,), (day,))


def scraper(pick: Picker, number: int) -> Fault:
    if number == 0:
        names = list(SCRAPED) if pick.hard else ["SyntheticRaw01Processor"]
        name, day = pick.pick(names, blocks=True)
        pick.take(SCRAPED[name], day)
        return Fault("zero_records_scraper", (name, SCRAPED[name]), (day,))
    unscraped = [name for name in pick.ordinary() if name not in SCRAPED and fleet()[name].source]
    unshared = [name for name in unscraped if name != "NbacGamebookProcessor"]
    name, day = pick.pick(unshared, blocks=True)
    return Fault("zero_records_scraper", (name,), (day,))


def coverage(pick: Picker, _: int) -> Fault:
    name, day = pick.pick([name for name in pick.ordinary() if fleet()[name].frequency != "hourly"])
    share = pick.random.uniform(0.6, 0.88) if pick.hard else pick.random.uniform(0.03, 0.7)
    return Fault("partial_coverage", (name,), (day,), factor=share, note=f"{share:.0%} of expected rows")


def spike(pick: Picker, _: int) -> Fault:
    firsts = [day for day in pick.game_days if day + timedelta(days=1) in pick.game_days]
    name, day = pick.pick(pick.named("hourly", leaves=False), length=2, days=firsts)
    share = pick.random.uniform(0.24, 0.35) if pick.hard else pick.random.uniform(0.31, 0.55)
    span = (at(day, 8), at(day + timedelta(days=2), 0))
    hours = {first + hour for first in (0, 24) for hour in pick.random.sample(range(16), max(4, round(16 * share)))}
    note = f"p={share:.2f}"
    return Fault("failure_spike", (name,), (day,), span, share, hours=frozenset(hours), note=note)


def storm(pick: Picker, _: int) -> Fault:
    day = pick.random.choice(pick.game_days)
    hour = pick.random.choice((9.0, 11.0, 12.0, 15.0)) if not pick.hard else pick.random.choice((10.0, 13.0))
    begin = at(day, hour)
    names = [one.name for one in fleet().values() if one.phase <= 2 and not one.scraper]
    if pick.hard:
        hourly = pick.random.sample(pick.named("hourly", leaves=False), 4)
        others = pick.random.sample([*POLLERS], pick.random.randint(0, 2))
        names = sorted({*hourly, *pick.named("pre"), *others}, key=[*fleet()].index)
    else:
        names += [one.name for one in fleet().values() if one.scraper]
    return Fault(
        "alert_storm", tuple(names), (day,), (begin, begin + timedelta(hours=2)), note="one shared cause: one message"
    )


def retry_storm(pick: Picker, _: int) -> Fault:
    mondays = [day for day in pick.days if day.weekday() == 0]
    monday = pick.random.choice(mondays)
    begin = datetime.combine(monday, time(0), UTC)
    factor = pick.random.uniform(2.0, 2.5) if pick.hard else 3.0
    return Fault(
        "retry_storm", tuple(POLLERS), (monday - timedelta(days=1),), (begin, begin + timedelta(hours=3)), factor,
        note=f"{factor:.1f}x the usual Monday 00-03 UTC failures",
    )  # fmt: skip


def ordinary(pick: Picker) -> list[str]:
    return pick.ordinary()


def sourced(pick: Picker) -> list[str]:
    return [name for name in pick.ordinary() if fleet()[name].source]


def leaf(pick: Picker) -> list[str]:
    names = pick.ordinary()
    return [name for name in names if not (pick.hard and downstream(name))]


PLANS: dict[str, tuple[int, Callable[[Picker, int], Fault]]] = {
    "retry_storm": (1, retry_storm),
    "phase_down": (2, phase_down),
    "slow_drift": (2, drift),
    "perf_degradation": (2, perf),
    "failure_spike": (2, spike),
    "upstream_cascade": (2, cascade),
    "alert_storm": (1, storm),
    "stuck_run": (2, stuck),
    "timeout": (2, dated("timeout", lambda pick: [*pick.ordinary(), *pick.named("p4")])),
    "repeated_failure": (2, dated("repeated_failure", leaf)),
    "validation_failed": (2, dated("validation_failed", ordinary)),
    "zero_records_processor": (2, dated("zero_records_processor", sourced)),
    "zero_records_scraper": (2, scraper),
    "idempotency_block": (2, dated("idempotency_block", sourced)),
    "missing_run": (2, missing),
    "sla_miss": (2, late),
    "partial_coverage": (2, coverage),
}


def plan(pick: Picker, kinds: frozenset[str] | None) -> list[Fault]:
    """The incidents of these kinds (None: all), two roots at once and other overlaps added in hard worlds."""
    found = [
        make(pick, number)
        for kind, (count, make) in PLANS.items()
        if kinds is None or kind in kinds
        for number in range(count)
    ]
    return found + (overlaps(pick, found) if pick.hard and kinds is None else [])


def overlaps(pick: Picker, planned: list[Fault]) -> list[Fault]:
    """A second root on a cascade's date, a sick dependent of a slow upstream, losses on a date with few games."""
    extra: list[Fault] = []
    root = next(fault for fault in planned if fault.kind == "upstream_cascade")
    day = root.days[0]
    below = downstream(root.processors[0])
    second = [name for name in pick.named("post") if pick.free(name, day) and name not in below]
    if second:
        pick.take(second[0], day)
        extra.append(Fault("repeated_failure", (second[0],), (day,), note="a second root on the date of a cascade"))
    ill = next((one for one in planned if one.kind == "perf_degradation" and downstream(one.processors[0])), None)
    if ill:
        days = [one for one in pick.game_days if timedelta(1) <= one - ill.days[0] <= timedelta(3)]
        children = [name for name in downstream(ill.processors[0]) if fleet()[name].phase <= 4]
        if days and children:
            name, when = pick.pick(children, days=days)
            extra.append(Fault("validation_failed", (name,), (when,), note="while its upstream is slow"))
    thin = [one for one in pick.game_days if pick.season.count(one) <= 2]
    if thin:
        name, when = pick.pick(pick.named("post"), days=thin)
        extra.append(Fault("zero_records_processor", (name,), (when,), note="a date with few games"))
        name, when = pick.pick(pick.named("post"), days=thin)
        extra.append(Fault("partial_coverage", (name,), (when,), factor=0.5, note="a date with few games"))
    return extra
