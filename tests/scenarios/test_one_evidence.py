"""Health, impact, verdicts and detection say the same of every (processor, date), at any moment."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.detection import outcomes
from bot.domain.detection.causes import Differs, why_differs
from bot.domain.detection.watch import Watch
from bot.domain.evidence.expectation import Evidence, Expects, expectation, traits
from bot.domain.evidence.freshness import Staleness, staleness
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Timeline
from bot.domain.evidence.runs import Category, FailedRun, Status, classify
from bot.domain.findings.finding import Family, Finding
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.health.model import DueDates, Window
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Judged, Verdict
from bot.domain.verdicts.validation import Validated, ValidationRequest
from bot.domain.verdicts.votes import Source
from bot.services.health import HealthService
from bot.services.replay import ALWAYS
from bot.services.validation import ValidationService
from tests.support.builders import (
    DAY,
    Row,
    World,
    at,
    failed,
    game,
    load,
    loaded,
    raw_file,
    run,
    warehouse,
)
from tests.support.evidence_worlds import DAYS, FLEET, KNOWN, NAMES, world_of

LINEAGE = Lineage(KNOWN)
MOMENTS = [datetime(2026, 1, 16, 3, tzinfo=UTC) + timedelta(hours=hours) for hours in (0, 4, 11.5, 33, 62, 90, 150)]
LOSSES = frozenset({Verdict.SCRAPER_FAILED, Verdict.PROCESSOR_FAILED, Verdict.MASKED_FAILURE})
NEVER_FOUND = frozenset({Verdict.OK, Verdict.OFF_DAY, Verdict.LEGITIMATE_ZERO, Verdict.TRACKING_BUG, Verdict.PARTIAL})
MAY = {
    (True, True, False): frozenset(Verdict) - NEVER_FOUND,
    (True, False, False): {Verdict.NOT_YET, Verdict.MISSING_RUN, Verdict.IDEMPOTENCY_BLOCK, Verdict.UNKNOWN},
    (True, True, None): {Verdict.UNKNOWN, Verdict.NOT_YET, Verdict.MISSING_RUN},
    (True, False, None): {Verdict.UNKNOWN, Verdict.NOT_YET, Verdict.MISSING_RUN},
}
"""By (due, settled, filled): the verdicts that do not contradict it. That a run is missing the history tells alone."""
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
@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(0)
@example(2)
@example(10)
@example(17)
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
            supported_by_facts(row)
        of_the_same_cause(watch)
    held.close()


def supported_by_facts(row: Validated) -> None:
    """That all sources support a verdict is said only where none of them says otherwise."""
    proof, skipped = row.proof, any(tally.status is Status.SKIPPED for tally in row.proof.runs)
    if proof.agreeing < len(Source):
        return
    brought = any(tally.records for tally in proof.runs)
    assert brought is bool(proof.rows) is (row.verdict in (Verdict.OK, Verdict.PARTIAL)), row
    assert not skipped, row
    assert row.verdict not in (Verdict.CONFLICT, Verdict.MASKED_FAILURE, Verdict.TRACKING_BUG), row


def of_the_same_cause(seen: "Watching") -> None:
    """What is reported of a date alone names the cause that its verdict does, or there is a reason why not."""
    for finding in seen.found:
        if finding.data_date is None or finding.family is not Family.OUTCOME:
            continue
        date_of = seen.watch.history.day(finding.root, finding.data_date)
        if finding.failures > sum(run.status is Status.FAILED for run in date_of.attempts):
            continue
        judged = {name: seen.judged(name, finding.data_date) for name in finding.processors}
        if {why_differs(each.verdict, finding.root_cause) for each in judged.values()} == {Differs.HELD}:
            above = [seen.watch.history.day(name, finding.data_date).filled for name in LINEAGE.up(finding.root)]
            held = outcomes.detect(date_of, judged[finding.root], seen.now, KNOWN) is None
            assert held or not all(above), (finding, judged)


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
    found: Sequence[Finding] = ()

    def move(self, until: datetime) -> None:
        for tick in (each for each in ticks(until) if self.now < each):
            self.found = self.watch.tick(self.timeline.until(tick), tick)
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
    watch, before, told = watching(held), dict[tuple[str, date], Judged](), set[tuple[str, date]]()
    for moment in MOMENTS:
        watch.move(moment)
        for name, day in product(NAMES, DAYS):
            judged, seen = watch.judged(name, day), watch.watch.history.day(name, day)
            known = before.get((name, day))
            source = KNOWN.by_name[name].source
            alike = [name, *(each.name for each in KNOWN.processors if source is not None and each.source == source)]
            if seen.filled or any(watch.watch.history.day(each, day).brought for each in alike):
                told.add((name, day))
            if known is not None and known.verdict in LOSSES and (name, day) not in told:
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
@example(12, MOMENTS[2])
@example(12, MOMENTS[3])
def test_as_of_a_moment_is_what_was_known_then(seed: int, moment: datetime) -> None:
    """But for dates before the first run of a processor that had not run yet: without runs its data was due since its
    first row; that its record begins later makes them unknown from then on, as of before too.
    """
    world = world_of(seed)
    held, then = holding(world), holding(known_by(world, moment))
    now, before = evidence_at(held, moment), evidence_at(then, moment)
    ran = {row["processor_name"] for row in world.runs if row["inserted_at"] <= moment.replace(tzinfo=None)}
    learned = {name for name, _ in now if name not in ran}
    for key, item in before.items():
        if key[0] in learned and now[key].expected is None:
            item = replace(item, expected=None)
        assert as_settled(now[key]) == as_settled(item)
    window = Window.at(moment, 30)
    due, due_then = ({each for each in one.health_due(window) if each.processor not in learned} for one in (held, then))
    assert due == due_then
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
    """A file without any row that can be used is refused: one of nobody's stands beside those that cannot."""
    found = [row for row in rows if row[moment] == "soon" or row[moment] <= by]
    odd = ((moment, "soon"), ("data_date", "some day"), ("row_count", "many"))
    if not found or any(all(row.get(name) != value for name, value in odd) for row in found):
        return found
    anchor = loaded("raw.anchor", hours=1) if moment == "loaded_at" else raw_file("anchor", hours=1)
    return [anchor, *found]
