"""Health, impact, verdicts and detection say the same of every (processor, date), at any moment."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.detection.watch import Watch
from bot.domain.evidence.expectation import Evidence, Expects, expectation, traits
from bot.domain.evidence.freshness import Staleness, staleness
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Timeline
from bot.domain.evidence.runs import Category, FailedRun, Status, classify
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.health.model import DueDates, Window
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Judged, Verdict
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.health import HealthService
from bot.services.replay import ALWAYS
from bot.services.validation import ValidationService
from tests.support.builders import (
    DAY,
    PROCESSORS,
    Row,
    World,
    at,
    failed,
    game,
    load,
    loaded,
    raw_file,
    registry,
    run,
    warehouse,
)

DAYS = [DAY + timedelta(days=ahead) for ahead in range(6)]
FLEET: list[Row] = [
    *(entry for entry in PROCESSORS if entry["name"] != "Poller"),
    {"name": "Hundreds", "phase": 2, "table": "raw.hundreds", "schedule_hours_et": [8.0], "per_game": False,
     "expected_records": {"per_game": False, "min": 100}},
    {"name": "Untraced", "phase": 2, "schedule_hours_et": [26.0], "per_game": True},
    {"name": "Unscheduled", "phase": 2, "table": "raw.odd", "per_game": True},
    {"name": "GameDaysOnly", "phase": 2, "table": "raw.only", "schedule_hours_et": [9.0], "per_game": False,
     "runs_on_no_game_days": False},
]  # fmt: skip
KNOWN = registry(FLEET)
NAMES = [processor.name for processor in KNOWN.processors]
TABLES = [processor.bigquery_table for processor in KNOWN.processors if processor.bigquery_table]
STARTS = {"BoxScraper": 28.0, "Box": 30.0, "Daily": 13.0, "Summary": 33.0, "Untraced": 31.0, "GameDaysOnly": 14.0}
MOMENTS = [datetime(2026, 1, 16, 3, tzinfo=UTC) + timedelta(hours=hours) for hours in (0, 4, 11.5, 33, 62, 90, 150)]
LOSSES = frozenset({Verdict.SCRAPER_FAILED, Verdict.PROCESSOR_FAILED, Verdict.MASKED_FAILURE})
NEVER_FOUND = frozenset({Verdict.OK, Verdict.OFF_DAY, Verdict.LEGITIMATE_ZERO, Verdict.TRACKING_BUG, Verdict.PARTIAL})
MAY = {
    (True, True, False): frozenset(Verdict) - NEVER_FOUND,
    (True, False, False): {Verdict.NOT_YET, Verdict.MISSING_RUN, Verdict.IDEMPOTENCY_BLOCK, Verdict.UNKNOWN},
    (True, True, None): {Verdict.UNKNOWN, Verdict.NOT_YET},
    (True, False, None): {Verdict.UNKNOWN, Verdict.NOT_YET},
}
"""By (due, settled, filled): the verdicts that do not contradict it."""


def dates(chance: Random, name: str, day: date) -> tuple[list[Row], list[Row], list[Row]]:
    """Runs, loads and files of one (processor, date)."""
    kind = chance.choice(["well", "well", "well", "zero", "fails", "silent", "late", "corrected", "emptied"])
    start, table = STARTS.get(name, 30.0), KNOWN.by_name[name].bigquery_table
    told = run(f"{name}{day}", name, start=start + (40 if kind == "late" else 0), day=day)
    taken_back = failed(f"{name}{day}", name, start=start, day=day, inserted_at=at(start + 20, day))
    runs = {
        "zero": [{**told, "records_processed": 0}],
        "fails": [failed(f"{name}{day}", name, start=start, day=day)],
        "corrected": [told, taken_back],
        "silent": [],
    }.get(kind, [told])
    there = kind in ("well", "late", "emptied") or chance.random() < 0.2
    when = start + (40.2 if kind == "late" else 0.2)
    loads = [loaded(table, hours=when, day=day, rows=chance.choice([100, 100, 30, 0]))] if there and table else []
    if kind == "emptied" and table:
        loads = [loaded(table, hours=when, day=day), loaded(table, rows=0, hours=when + 9, day=day)]
        words = chance.choice(["no_data_available", None])
        runs += [
            failed(f"{name}{day}{late}", name, words, "no data", start=when + late, day=day) for late in (1, 5, 12)
        ]
    source = KNOWN.by_name[name].source
    size = chance.choice([5_000, 5_000, 50])
    files = [raw_file(source, hours=when - 1, day=day, size=size)] if there and source else []
    return runs, loads, files


def games(chance: Random) -> list[Row]:
    """Dates are played, put off, or without games; the calendar may lack, or end before the others do."""
    found = []
    for day in DAYS[: chance.choice([0, len(DAYS), len(DAYS), 3])]:
        played, off = game(f"G{day}", day), {**game(f"O{day}", day), "final_utc": None}
        found += chance.choice([[played], [played], [off], [], [played, off]])
    return found


def world_of(seed: int) -> World:
    """Tables may be missing, there may be no raw files; each feed, or all of a kind, may end before the runs do. A
    processor may be registered before its first date, or never have run.
    """
    chance = Random(seed)
    begins = {name: chance.choice([0, 0, 0, 3, len(DAYS)]) for name in NAMES}
    made = [dates(chance, name, day) for name in NAMES for day in DAYS[begins[name] :]]
    gone = chance.sample(TABLES, chance.randrange(4))
    loads = [row for _, rows, _ in made for row in rows if row["table_name"] not in gone]
    files = [row for _, _, rows in made for row in rows] if chance.random() < 0.7 else []
    files = ended(chance, files, "source")
    return World(
        runs=[row for rows, _, _ in made for row in rows],
        table_loads=spoiled(chance, ended(chance, loads, "table_name"), "row_count", "loaded_at"),
        raw_files=[raw_file("anchor", hours=1, day=DAYS[0]), *spoiled(chance, files, "size_bytes", "created_at")]
        if files
        else [],
        game_schedule=games(chance),
        processors=FLEET,
    )


def ended(chance: Random, rows: list[Row], feed: str) -> list[Row]:
    """The feeds of a kind may all end, or each by itself."""
    until = chance.choice([DAYS[-1], DAYS[-1], DAYS[1]])
    last = {
        name: chance.choice([DAYS[-1], DAYS[-1], DAYS[-1], DAYS[2]]) for name in sorted({row[feed] for row in rows})
    }
    return [row for row in rows if row["data_date"] <= min(until, last[row[feed]])]


def spoiled(chance: Random, rows: list[Row], size: str, moment: str) -> list[Row]:
    """One value of some rows, not of the first, cannot be read: how much came, when, or for which date."""
    odd = {size: "many", moment: "soon", "data_date": "some day"}
    chosen = ["" if row is rows[0] else chance.choice(["", "", "", "", "", *odd]) for row in rows]
    return [{**row, name: odd[name]} if name else row for row, name in zip(rows, chosen, strict=True)]


SEEDS = st.integers(0, 1_000_000)


def few(count: int) -> settings:
    return settings(max_examples=count, deadline=None, phases=[Phase.generate])


def holding(world: World) -> SqlWarehouse:
    into = warehouse()
    with TemporaryDirectory() as folder:
        load(into, world.write(Path(folder), ".csv"), FLEET, now=MOMENTS[-1] + timedelta(days=2))
    return into


def evidence_at(held: SqlWarehouse, moment: datetime) -> dict[tuple[str, date], Evidence]:
    found = (held.evidence(name, DAYS[0], DAYS[-1] + timedelta(days=3), moment) for name in NAMES)
    return {(item.processor, item.data_date): item for items in found for item in items}


def settled(item: Evidence) -> bool:
    return item.settled_at is not None and item.settled_at <= item.as_of


@given(SEEDS)
@few(4)
def test_all_say_the_same_of_every_date(seed: int) -> None:
    held = holding(world_of(seed))
    health = HealthService(held, KNOWN, ServiceLevels(()))
    validation = ValidationService(held, KNOWN, health, AcceptedLosses())
    watch = watching(held)
    for moment in MOMENTS:
        watch.move(moment)
        evidence = evidence_at(held, moment)
        seen_by_detection(held, evidence, moment)
        counted_by_health(held, evidence, moment)
        stale_for_impact(held, evidence, moment)
        asked = ValidationRequest(first=DAYS[0], last=DAYS[-1], as_of=moment)
        for row in validation.of(asked, MOMENTS[-1]).rows:
            item = evidence[row.processor.name, row.data_date]
            assert row.verdict in allowed(item), (item, row.judged)
            assert watch.judged(row.processor.name, row.data_date) == row.judged
    held.close()


def test_what_found_nothing_is_judged_by_the_rows_since_for_all() -> None:
    """Two runs said "no data" before Box was emptied at 11:00, two after it."""
    runs = [failed(f"p{hour}", category="no_data_available", start=hour) for hour in (32, 34, 36, 37)]
    tables = [loaded(hours=31), loaded(rows=0, hours=35)]
    world = World([run("r"), *runs], tables, [raw_file(hours=28)], [game()], processors=FLEET)
    held = holding(world)
    for moment in (at(35, DAY), at(35.5, DAY), at(60, DAY)):
        known = moment.replace(tzinfo=UTC)
        seen_by_detection(held, evidence_at(held, known), known)
    held.close()


@dataclass
class Watching:
    """Detection over the whole history, tick by tick."""

    watch: Watch
    timeline: Timeline
    now: datetime

    def move(self, until: datetime) -> None:
        for tick in (each for each in ticks(until) if self.now < each):
            self.watch.tick(self.timeline.until(tick), tick)
        self.now = until

    def judged(self, name: str, day: date) -> Judged:
        return self.watch.verdict(self.watch.history.day(name, day), self.now)


def watching(held: SqlWarehouse) -> Watching:
    observed = held.observed(ALWAYS, MOMENTS[-1])
    watch = Watch(KNOWN, observed, SeverityPolicy(), AcceptedLosses(), StormPolicy())
    return Watching(watch, Timeline(observed), MOMENTS[0] - timedelta(days=2))


@given(SEEDS)
@few(4)
def test_what_was_known_of_a_loss_stays_known(seed: int) -> None:
    """Until rows, a file or a run about the very date tell otherwise."""
    world = world_of(seed)
    held = holding(world)
    watch, before = watching(held), dict[tuple[str, date], Judged]()
    for moment in MOMENTS:
        watch.move(moment)
        for name, day in product(NAMES, DAYS):
            judged, seen = watch.judged(name, day), watch.watch.history.day(name, day)
            known = before.get((name, day))
            if known is not None and known.verdict in LOSSES and not (seen.filled or seen.brought):
                assert judged.verdict is not Verdict.UNKNOWN, (name, day, known, judged)
            before[name, day] = judged
    held.close()


def seen_by_detection(held: SqlWarehouse, evidence: dict[tuple[str, date], Evidence], moment: datetime) -> None:
    """Detection looks at the history, fed with what became known."""
    observed = held.observed(ALWAYS, moment)
    history = PipelineHistory(KNOWN, observed)
    timeline = Timeline(observed)
    for tick in ticks(moment):
        history.at(tick)
        history.take(timeline.until(tick))
    for (name, day), item in evidence.items():
        seen = history.day(name, day)
        assert (seen.expected, seen.filled, seen.judged_at) == (item.expected, item.filled, item.judged_at), item
        assert history.is_partial(seen) is item.partial, item
        assert (seen.input_kind, seen.input_ready_at) == (item.input_kind, item.input_ready_at), item
        assert seen.emptied_at == item.emptied_at, item
        if item.judged_at is not None:
            assert seen.settled(moment) is settled(item), item
    failed_alike(held, history, evidence, moment)


def failed_alike(
    held: SqlWarehouse, history: PipelineHistory, evidence: dict[tuple[str, date], Evidence], moment: datetime
) -> None:
    """Health and detection give failed runs the same categories."""
    counted, seen = Counter[tuple[str, Category]](), Counter[tuple[str, Category]]()
    for count in held.health_counts(Window.at(moment, 30)):
        if count.status is Status.FAILED:
            failure = FailedRun(count.recorded, count.hinted, count.input)
            found = classify(failure, count.state, traits(KNOWN.by_name[count.processor]))
            counted[count.processor, found.category] += count.runs
    for name, day in evidence:
        date_seen = history.day(name, day)
        for one in (each for each in date_seen.runs if each.status is Status.FAILED):
            seen[name, date_seen.classified(one, moment).category] += 1
    assert counted == seen


def ticks(moment: datetime) -> Iterator[datetime]:
    yield from (each for each in (MOMENTS[0] - timedelta(days=1), *MOMENTS) if each < moment)
    yield moment


def counted_by_health(held: SqlWarehouse, evidence: dict[tuple[str, date], Evidence], moment: datetime) -> None:
    due = [item for item in evidence.values() if item.expected and settled(item)]
    history = PipelineHistory(KNOWN, held.observed(ALWAYS, moment))
    history.at(moment)
    open_ = [item for item in evidence.values() if calendar_lacks(history, item) and settled(item)]
    undecided, counted = [item for item in open_ if not item.filled], {item.processor for item in open_}
    wanted = {
        DueDates(
            name,
            sum(item.processor == name for item in due),
            sum(item.processor == name and item.filled is True and not item.partial for item in due),
            sum(item.processor == name and item.filled is None for item in due),
            sum(item.processor == name for item in undecided),
        )
        for name in {item.processor for item in due} | counted
    }
    assert set(held.health_due(Window.at(moment, 30))) == wanted
    assert set(held.health_due(Window.live(moment, 30))) == wanted


def calendar_lacks(history: PipelineHistory, item: Evidence) -> bool:
    """Only a calendar could tell whether data was due, and the record of the processor reaches the date."""
    per_game = expectation(KNOWN.by_name[item.processor]) is Expects.PER_GAME
    return per_game and item.expected is None and history.day(item.processor, item.data_date).unrecorded is None


def stale_for_impact(held: SqlWarehouse, evidence: dict[tuple[str, date], Evidence], moment: datetime) -> None:
    for day in DAYS:
        for freshness in held.freshness(day, moment):
            item = evidence[freshness.processor, day]
            missing = bool(item.expected) and settled(item) and item.filled is False
            stale = staleness(None, freshness, moment)
            assert (stale is Staleness.NO_DATA) is missing, item
            assert (stale is Staleness.PARTIAL) is item.partial, item


def allowed(item: Evidence) -> Set[Verdict]:
    if item.partial:
        return {Verdict.PARTIAL}
    if item.filled:
        return {Verdict.OK, Verdict.TRACKING_BUG, Verdict.NOT_YET}
    if item.data_date > item.as_of.date():
        return {Verdict.NOT_YET}
    if item.expected is False:
        return {Verdict.OFF_DAY, Verdict.LEGITIMATE_ZERO}
    if item.expected is None:
        return {Verdict.UNKNOWN, Verdict.MISSING_RUN}
    return MAY[item.expected, settled(item), item.filled]


@given(SEEDS, st.sampled_from(MOMENTS))
@few(3)
def test_as_of_a_moment_is_what_was_known_then(seed: int, moment: datetime) -> None:
    held, then = holding(world_of(seed)), holding(known_by(world_of(seed), moment))
    now, before = evidence_at(held, moment), evidence_at(then, moment)
    for key, item in before.items():
        assert as_settled(now[key]) == as_settled(item)
    assert set(held.health_due(Window.at(moment, 30))) == set(then.health_due(Window.at(moment, 30)))
    held.close()
    then.close()


def as_settled(item: Evidence) -> Evidence:
    """When a date to come will be settled depends on the games before it, which have not ended yet; whether its data is
    due, and so whether a run lacks, on a first run that may come.
    """
    return item if settled(item) else replace(item, settled_at=None, expected=None, filled=item.filled or None)


def known_by(world: World, moment: datetime) -> World:
    """The rows that there were; games without the ends that were not told yet."""
    by = moment.replace(tzinfo=None)
    return world.but(
        runs=[row for row in world.runs if row["inserted_at"] <= by] or [failed("anchor", "Plain", start=2)],
        table_loads=came_by(by, world.table_loads, "loaded_at"),
        raw_files=came_by(by, world.raw_files, "created_at"),
        game_schedule=[
            {**row, "final_utc": row["final_utc"] if row["final_utc"] and row["final_utc"] <= by else None}
            for row in world.game_schedule
        ],
    )


def came_by(by: datetime, rows: Sequence[Row], moment: str) -> list[Row]:
    """Without a row that can be used there is no such file."""
    found = [row for row in rows if row[moment] == "soon" or row[moment] <= by]
    odd = ((moment, "soon"), ("data_date", "some day"), ("row_count", "many"))
    return found if any(all(row.get(name) != value for name, value in odd) for row in found) else []
