"""What a repair will do: what runs, what is left out and why, in which order, for how long, and who approves it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.platform.registry import Processor, Registry
from bot.domain.reprocessing.plan import Limits, Mode, Plan, SkipReason, StepKey, difference
from bot.domain.reprocessing.planning import HOLDS_UP, StepFacts
from bot.domain.reprocessing.repair import Repair
from bot.domain.verdicts.judge import Judged, Verdict
from bot.views.incident import PLAIN
from bot.views.reprocessing import lines
from bot.views.reprocessing_words import rows
from tests.support.repair_world import ANA
from tests.support.repairs import CHAIN, LAST, NOW, TODAY, asked, day, facts, planned

KEY = ("Gamebook", LAST)


def said(plan: Plan) -> list[tuple[str, str, str]]:
    return [(each.processor, f"{each.data_date:%d}", each.skip or "run") for each in plan.steps]


UNCOUNTED = Judged(verdict=Verdict.OK, because="12 rows", uncounted=True)
"""Nobody knows how many are usual."""


@pytest.mark.parametrize(
    ("mode", "known", "skip"),
    [
        (Mode.FAILED, facts(Verdict.OK, filled=True), SkipReason.ALREADY_OK),
        (Mode.FAILED, facts(Verdict.TRACKING_BUG, filled=True), SkipReason.ALREADY_OK),
        (Mode.ALL, facts(Verdict.OK, filled=True), None),
        (Mode.FAILED, StepFacts(judged=UNCOUNTED, filled=True, rows=12), None),
        (Mode.MISSING, StepFacts(judged=UNCOUNTED, filled=True, rows=12), SkipReason.ALREADY_OK),
        (Mode.FAILED, facts(Verdict.PARTIAL, filled=True, rows=120), None),
        (Mode.MISSING, facts(Verdict.PARTIAL, filled=True, rows=120), SkipReason.ALREADY_OK),
        (Mode.MISSING, facts(Verdict.MISSING_RUN, filled=False), None),
        (Mode.MISSING, facts(Verdict.UNKNOWN), None),
        (Mode.ALL, facts(Verdict.OFF_DAY), SkipReason.NO_DATA_EXPECTED),
        (Mode.ALL, facts(Verdict.LEGITIMATE_ZERO), SkipReason.NO_DATA_EXPECTED),
        (Mode.ALL, facts(Verdict.DATA_GONE), SkipReason.NO_DATA_EXPECTED),
        (Mode.ALL, facts(Verdict.NOT_YET), SkipReason.FUTURE),
        (Mode.FAILED, facts(Verdict.UPSTREAM), SkipReason.UPSTREAM_BAD),
        (Mode.FAILED, facts(Verdict.SCRAPER_FAILED), SkipReason.UPSTREAM_BAD),
        (Mode.FAILED, facts(Verdict.CONFLICT), None),
        (Mode.ALL, facts(Verdict.OK, in_flight="run 7 is at it"), SkipReason.IN_FLIGHT),
    ],
)
def test_each_step_runs_or_is_left_out_for_a_reason_with_its_evidence(
    mode: Mode, known: StepFacts, skip: SkipReason | None
) -> None:
    (step,) = planned(asked(mode=mode), {KEY: known}).steps
    assert step.skip is skip
    assert (known.in_flight or known.judged.because) in step.because


def test_an_open_circuit_starts_nothing_and_says_who_opened_it() -> None:
    (step,) = planned(open_circuits={"Gamebook": "opened by Ana: it fails"}).steps
    assert (step.skip, step.because) == (SkipReason.CIRCUIT_OPEN, "opened by Ana: it fails")


def test_dates_that_lie_ahead_are_left_out() -> None:
    ahead = replace(asked(), last=TODAY + timedelta(days=1), first=TODAY + timedelta(days=1))
    assert [step.skip for step in planned(ahead).steps] == [SkipReason.FUTURE]


def test_what_is_made_from_a_run_in_flight_is_left_out_beside_it_and_named() -> None:
    """It would run at once, beside what it needs, and fail."""
    plan = planned(asked(*CHAIN), {KEY: facts(Verdict.PARTIAL, in_flight="run 7 is under way")})
    waits = "it is made from Gamebook: run 7 is under way"
    assert [(each.processor, each.skip, each.because) for each in plan.steps] == [
        ("Scraper", None, "3 runs failed"),
        ("Gamebook", SkipReason.IN_FLIGHT, "run 7 is under way"),
        ("Summary", SkipReason.IN_FLIGHT, waits),
        ("Predictions", SkipReason.IN_FLIGHT, waits),
    ]
    asked_alone = planned(asked("Summary"), at_work={StepKey(*KEY): "run 7 is under way"})
    assert [(each.skip, each.because) for each in asked_alone.steps] == [(SkipReason.IN_FLIGHT, waits)]
    repair = Repair(plan=plan, asked_by=ANA, asked_at=NOW)
    assert "3 steps are in flight or made from what is: this plan leaves them out. " in "\n".join(lines(repair, PLAIN))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_runs_beside_or_after_what_is_left_out_and_not_right(data: st.DataObject) -> None:
    """Any graph, any verdicts: by what a step is made from, in the plan or not, it may run; else it is named."""
    names = [f"P{at}" for at in range(7)]
    made_from = {
        name: data.draw(st.sets(st.sampled_from(names[:at]))) if at else set() for at, name in enumerate(names)
    }
    made = Registry(processors=tuple(Processor(name=each, dependencies=tuple(made_from[each])) for each in names))
    known = {
        (name, LAST): facts(
            data.draw(st.sampled_from(Verdict)), in_flight=data.draw(st.sampled_from(["", "", "run 7"]))
        )
        for name in names
    }
    scope = data.draw(st.sets(st.sampled_from(names), min_size=1))
    around: dict[str, Any] = {
        "open_circuits": dict.fromkeys(data.draw(st.sets(st.sampled_from(names), max_size=2)), "it fails"),
        "at_work": {
            StepKey(*key): each.in_flight for key, each in known.items() if each.in_flight and key[0] not in scope
        },
    }
    plan = planned(asked(*scope, mode=data.draw(st.sampled_from(Mode))), known, registry=made, **around)
    steps, at_work = (
        {step.processor: step for step in plan.steps},
        {key[0] for key, each in known.items() if each.in_flight},
    )
    assert set(steps) == scope
    for at, step in enumerate(plan.steps):
        above = {name: steps[name].skip for name in made_from[step.processor] if name in steps}
        if step.runs:
            assert at_work.isdisjoint({step.processor, *made_from[step.processor]})
            assert HOLDS_UP.isdisjoint(above.values())
            assert (
                set(step.after)
                == {name for name, skip in above.items() if skip is None}
                <= {each.processor for each in plan.steps[:at]}
            )
        if step.skip is SkipReason.IN_FLIGHT and step.processor not in at_work:
            assert SkipReason.IN_FLIGHT in above.values() or not at_work.isdisjoint(made_from[step.processor])
            assert step.because.endswith(": run 7")


def test_what_is_made_from_what_an_open_circuit_holds_is_left_out_too() -> None:
    plan = planned(asked(*CHAIN), open_circuits={"Gamebook": "opened by Ana"})
    assert said(plan)[1:] == [
        ("Gamebook", "14", "circuit_open"),
        ("Summary", "14", "upstream_bad"),
        ("Predictions", "14", "upstream_bad"),
    ]
    assert (plan.steps[3].because, plan.upstream) == ("it is made from Gamebook: opened by Ana", None)


def test_newest_date_first_and_what_others_are_made_from_first() -> None:
    request = asked("Predictions", "Summary", "Gamebook", "Scraper", dates=2)
    order = [(each.processor, each.data_date) for each in planned(request).steps]
    assert order == [(name, day(back)) for back in (0, 1) for name in CHAIN]


def test_what_waits_for_its_upstream_runs_after_it_in_the_same_plan() -> None:
    below = {(name, LAST): facts(Verdict.UPSTREAM, "Gamebook is empty") for name in ("Summary", "Predictions")}
    plan = planned(asked("Gamebook", "Summary", "Predictions"), below)
    assert [(step.skip, step.after) for step in plan.steps] == [(None, ()), (None, ("Gamebook",)), (None, ("Summary",))]
    assert plan.steps[1].because == "Gamebook is empty; runs after Gamebook"


def test_an_upstream_that_nobody_asked_for_is_offered_not_added() -> None:
    plan = planned(asked("Summary"), {("Summary", LAST): facts(Verdict.UPSTREAM, "Gamebook is empty")})
    assert said(plan) == [("Summary", "14", "upstream_bad")]
    assert plan.upstream is not None
    assert plan.upstream.processors == ("Gamebook",)


def test_a_file_that_never_came_is_scraped_before_it_is_read() -> None:
    lacking = {KEY: facts(Verdict.SCRAPER_FAILED, "there is no raw file")}
    assert (offer := planned(asked(), lacking).upstream) is not None
    assert offer.processors == ("Scraper",)
    assert said(planned(asked("Gamebook", "Scraper"), lacking)) == [("Scraper", "14", "run"), ("Gamebook", "14", "run")]


def test_dependents_are_offered_unless_they_were_asked_for() -> None:
    assert (offer := planned().downstream) is not None
    assert offer.processors == ("Summary", "Predictions")
    assert planned(asked(downstream=True), scope=CHAIN[1:]).downstream is None
    assert planned(known={KEY: facts(Verdict.OK)}).downstream is None  # nothing runs


def test_a_plan_says_how_many_run_and_how_many_do_not_and_why() -> None:
    plan = planned(
        asked(dates=3), {("Gamebook", day(1)): facts(Verdict.OK), ("Gamebook", day(2)): facts(Verdict.OFF_DAY)}
    )
    assert (len(plan.running), plan.number_skipped) == (1, 2)
    assert plan.skipped == {SkipReason.ALREADY_OK: 1, SkipReason.NO_DATA_EXPECTED: 1}


def test_the_estimate_fills_ten_slots_two_of_a_processor() -> None:
    """Seven dates of one processor, two at a time."""
    assert planned(asked(dates=7), seconds={"Gamebook": 60.0}).estimate.seconds == 240.0
    assert planned(asked(dates=7), seconds={"Gamebook": 60.0}, limits=Limits(3, 9, 9)).estimate.seconds == 180.0
    chain = planned(asked(*CHAIN), seconds={"Scraper": 10.0, "Gamebook": 60.0, "Summary": 5.0}).estimate
    assert (chain.seconds, chain.unknown) == (75.0, ("Predictions",))


def test_a_service_has_a_limit_of_its_own() -> None:
    crowded = Registry(processors=tuple(Processor(name=f"P{at}", service="raw") for at in range(4)))
    names = tuple(each.name for each in crowded.processors)
    seconds = dict.fromkeys(names, 60.0)
    assert planned(asked(*names), registry=crowded, seconds=seconds).estimate.seconds == 120.0


@pytest.mark.parametrize(
    ("dates", "repaired", "why"),
    [
        (31, {}, ()),
        (32, {}, ("32 dates (more than 31)",)),
        (201, {}, ("201 dates (more than 31)", "201 steps (more than 200)")),
        (1, {StepKey(*KEY): 1}, ()),
        (1, {StepKey(*KEY): 2}, ("third repair in 7 days: Gamebook 2026-01-14",)),
    ],
)
def test_a_second_person_is_needed_for_much_and_for_the_third_time(
    dates: int, repaired: dict[StepKey, int], why: tuple[str, ...]
) -> None:
    plan = planned(asked(dates=dates), repaired=repaired)
    assert plan.needs_second == why
    assert plan.again == tuple(repaired if "third" in "".join(why) else ())


def test_more_than_ten_dependents_need_a_second_person() -> None:
    many = tuple(Processor(name=f"D{at}", dependencies=("Root",)) for at in range(11))
    wide = Registry(processors=(Processor(name="Root"), *many))
    names = [each.name for each in wide.processors]
    plan = planned(asked("Root", downstream=True), scope=names, registry=wide)
    assert plan.needs_second == ("11 dependents (more than 10)",)


def test_the_hash_is_of_what_is_approved_and_of_nothing_else() -> None:
    plan = planned()
    same = (planned(plan_id="P2"), planned(known={KEY: facts(Verdict.PROCESSOR_FAILED, "4 runs failed", rows=0)}))
    assert {each.hash for each in same} == {plan.hash}
    others = (
        planned(asked(dates=2)),
        planned(asked(mode=Mode.ALL)),
        planned(known={KEY: facts(Verdict.OK)}),
        planned(known={KEY: facts(Verdict.PROCESSOR_FAILED, rows=5)}),
        planned(revisions={"raw": "raw-00042"}),
        planned(limits=Limits(slots=3)),
    )
    assert len({plan.hash, *(each.hash for each in others)}) == 1 + len(others)


def test_what_a_plan_gone_stale_differs_in_is_told_row_by_row() -> None:
    before = planned(asked(dates=2), revisions={"raw": "raw-00041"})
    now = planned(asked(dates=2), {KEY: facts(Verdict.OK)}, revisions={"raw": "raw-00041"})
    (change,) = difference(before.steps, now.steps)
    assert change == ("Gamebook", LAST, "run: processor failed, 0 rows, raw-00041", "skip, already ok: so it is")
    assert [each.now for each in difference(before.steps, before.steps[:1])] == [""]


def test_a_line_for_several_dates_says_that_its_figure_is_of_the_newest() -> None:
    known = {("Gamebook", day(back)): facts(Verdict.OK, f"{40 + back} rows") for back in range(2)}
    (line,) = rows(planned(asked(dates=2), known), PLAIN)
    assert line == "Gamebook 2026-01-13 to 2026-01-14: skip, already ok (newest: 40 rows)"
    (runs,) = rows(planned(asked(dates=2, mode=Mode.ALL), known), PLAIN)
    assert runs.endswith("run (ok; newest: 40 rows)")
    (alike,) = rows(planned(asked(dates=2)), PLAIN)
    assert "newest" not in alike
