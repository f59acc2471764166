"""Silences and planned windows hide findings, and what they hide is counted and can be looked up."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.silences import Silence, hidden_counts
from tests.support.gate_story import START, Story, finding, outcomes, told


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


SILENCE = Silence(id="S1", processor="Gamebook", since=START, until=minute(60), reason="known, being fixed", by="U1")
PHASE = replace(SILENCE, id="S2", processor=None, phase=2)
WINDOW = PlannedWindow(
    kind="backfill",
    processors=("Gamebook",),
    start=minute(10),
    end=minute(60),
    announced_at=minute(-60),
    note="planned backfill",
)
PLANNED = replace(SILENCE, id="W1", since=minute(10), announced_at=minute(-60), reason="backfill")
DOWN = finding("Gamebook", since=minute(-30))


def test_a_silence_hides_its_processor_once_and_says_so() -> None:
    story = Story(silences=(SILENCE,))
    (decision,) = story.at(0, DOWN)
    assert outcomes([decision]) == [("keep_quiet", "Gamebook", "SILENCED")]
    assert decision.because == (
        "suppressed because a silence covers it: known, being fixed (U1, until 2026-03-03 07:00 UTC)"
    )
    assert story.during([10, 20, 59], DOWN) == []
    assert hidden_counts(story.decisions) == {"S1": 1}


def test_what_still_holds_when_the_silence_ends_is_reported() -> None:
    story = Story(silences=(SILENCE,))
    story.at(0, DOWN)
    assert outcomes(story.at(60, DOWN)) == [("announce", "Gamebook", "NEW")]


def test_a_phase_is_silenced_as_a_whole_and_only_it() -> None:
    story = Story(silences=(PHASE,))
    decisions = story.at(0, DOWN, finding("Raw01"), finding("Factors"))
    assert [each.hidden_by for each in decisions if each.finding.root != "Factors"] == ["S2", "S2"]


def test_what_is_wrong_elsewhere_too_is_reported() -> None:
    both = finding("Gamebook", processors=("Gamebook", "GamebookScraper"))
    assert told(Story(silences=(SILENCE,)).at(0, both)) == [("announce", "Gamebook")]


def test_a_silence_hides_p0_too() -> None:
    assert told(Story(silences=(SILENCE,)).at(0, finding("Gamebook", severity="P0"))) == []


def test_an_open_incident_goes_quiet_and_comes_back() -> None:
    story = Story(silences=(replace(SILENCE, since=minute(10)),))
    story.at(0, DOWN)
    worse = finding("Gamebook", severity="P0")
    assert outcomes(story.at(10, worse)) == [("keep_quiet", "Gamebook", "SILENCED")]
    assert story.during([20, 50], worse) == []
    (decision,) = story.at(60, worse)
    assert outcomes([decision]) == [("update", "Gamebook", "WORSE")]
    assert decision.escalated


def test_what_depends_on_something_hidden_is_quiet_too() -> None:
    story = Story(silences=(SILENCE,))
    below = finding("Summary", since=START)
    decisions = story.at(0, DOWN, below)
    assert outcomes(decisions) == [("keep_quiet", "Gamebook", "SILENCED"), ("keep_quiet", "Summary", "ROOT_QUIET")]
    assert hidden_counts(decisions) == {"S1": 2}
    assert told(story.at(10, DOWN, finding("Summary", severity="P0", since=START))) == [("announce", "Summary")]


def test_a_planned_window_hides_once_it_is_announced() -> None:
    story = Story(windows=(replace(WINDOW, announced_at=minute(30)),))
    assert told(story.at(20, DOWN)) == [("announce", "Gamebook")]
    story = Story(windows=(WINDOW,))
    (decision,) = story.at(20, DOWN)
    assert decision.because == "suppressed because it falls into a planned window: planned backfill"
    assert hidden_counts([decision]) == {"backfill from 2026-03-03 06:10 UTC": 1}


def test_before_the_window_trouble_is_reported() -> None:
    assert told(Story(windows=(WINDOW,)).at(5, DOWN)) == [("announce", "Gamebook")]


def test_what_began_in_a_window_gets_time_to_settle_after_it() -> None:
    story = Story(windows=(WINDOW,))
    within = finding("Gamebook", since=minute(30))
    story.at(40, within)
    assert outcomes(story.at(60, within)) == [("keep_quiet", "Gamebook", "WINDOW_SETTLES")]
    assert story.at(80, within) == []
    assert outcomes(story.at(90, within)) == [("announce", "Gamebook", "NEW")]


def test_what_began_before_the_window_is_reported_at_its_end() -> None:
    story = Story(windows=(WINDOW,))
    story.at(20, DOWN)
    assert outcomes(story.at(60, DOWN)) == [("announce", "Gamebook", "NEW")]


def test_p0_gets_no_time_to_settle() -> None:
    story = Story(windows=(WINDOW,))
    assert told(story.at(60, finding("Gamebook", severity="P0", since=minute(30)))) == [("announce", "Gamebook")]


def test_a_window_of_a_person_hides_as_one_of_the_data_does() -> None:
    """Before it, within it, what began in it for a while after it; a P0 and what began before it at its end."""
    assert told(Story(silences=(PLANNED,)).at(5, DOWN)) == [("announce", "Gamebook")]
    story, within = Story(silences=(PLANNED,)), finding("Gamebook", since=minute(30))
    (decision,) = story.at(40, within)
    assert decision.because == (
        "suppressed because it falls into a planned window: backfill (U1, until 2026-03-03 07:00 UTC)"
    )
    assert outcomes(story.at(60, within)) == [("keep_quiet", "Gamebook", "WINDOW_SETTLES")]
    assert hidden_counts(story.decisions) == {"W1": 2}
    assert outcomes(story.at(90, within)) == [("announce", "Gamebook", "NEW")]
    assert told(Story(silences=(PLANNED,)).at(60, replace(within, severity=Severity.P0))) == [("announce", "Gamebook")]
    assert told(Story(silences=(PLANNED,)).at(60, DOWN)) == [("announce", "Gamebook")]


def test_a_window_of_all_processors_hides_what_names_any() -> None:
    everything = replace(PLANNED, processor=None)
    both = finding("Raw01", processors=("Raw01", "Unregistered"))
    assert outcomes(Story(silences=(everything,)).at(20, both)) == [("keep_quiet", "Raw01", "IN_WINDOW")]
    blind = finding("Raw01", FindingKind.SOURCE_BLIND, processors=(), source="runs")
    assert told(Story(silences=(everything,)).at(20, blind)) == [("announce", "source runs")]
