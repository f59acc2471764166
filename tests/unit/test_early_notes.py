"""A run without a heartbeat for a quarter of an hour is an early warning; for half an hour, an incident."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.health.early_warnings import SilentRun, early_notes
from bot.domain.health.model import Colour, Window
from bot.domain.health.report import Measured, Period, Scope, assess
from tests.support.gate_story import DAY
from tests.support.health_reports import AS_OF, REGISTRY, TARGETS, ran


def silent(minutes: float, processor: str = "TeamSummary") -> SilentRun:
    return SilentRun(processor, DAY, AS_OF - timedelta(minutes=minutes))


@given(st.floats(0, 120))
def test_only_between_a_quarter_and_half_an_hour(minutes: float) -> None:
    run = silent(minutes)
    noted = timedelta(minutes=15) <= AS_OF - run.heartbeat_at < timedelta(minutes=30)
    assert bool(early_notes([run], AS_OF, timedelta(minutes=30))) == noted


def test_a_silent_run_makes_its_processor_and_phase_yellow() -> None:
    counts = [ran(processor.name, 9) for processor in REGISTRY.processors]
    measured = Measured(Period(counts, ()), Period((), ()), (), silent_runs=[silent(17.5), silent(90, "NbacScraper")])
    report = assess(measured, Scope(REGISTRY), TARGETS, Window.live(AS_OF, 7))
    text = f"TeamSummary: its run for {DAY} has had no heartbeat for 17 minutes."
    assert [(finding.name, finding.text) for finding in report.reasons] == [("no_heartbeat", text)]
    colours = {row.name: row.status for row in (*report.phases, *report.processors)}
    assert report.overall is colours["TeamSummary"] is colours["phase 3"] is Colour.YELLOW
    assert colours["NbacScraper"] is Colour.GREEN
