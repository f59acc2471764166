"""The gate, as an on-call engineer meets it: one trouble, one message."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome, Reason
from tests.support.gate_story import DAY, START, Story, finding, outcomes, told

DOWN = finding("Gamebook")
NEXT_DAY = finding("Gamebook", data_date=DAY + timedelta(days=1))


def test_p0_is_announced_at_once() -> None:
    fresh = finding("Gamebook", severity="P0", evident_at=START)
    (decision,) = Story().at(0, fresh)
    assert (decision.outcome, decision.reason, decision.severity) == (Outcome.ANNOUNCE, Reason.P0, Severity.P0)
    assert decision.because == "announced at once because it is P0"


def test_others_wait_half_a_minute_since_they_were_evident() -> None:
    story, fresh = Story(), finding("Gamebook", evident_at=START)
    assert outcomes(story.at(0, fresh)) == [("hold", "Gamebook", "GROUPING")]
    assert story.at(0.4, fresh) == []
    assert outcomes(story.at(0.5, fresh)) == [("announce", "Gamebook", "NEW")]


def test_what_was_evident_before_a_slow_tick_is_announced_at_it() -> None:
    assert outcomes(Story().at(0, DOWN)) == [("announce", "Gamebook", "NEW")]


def test_what_is_over_before_it_was_announced_was_kept_quiet_for_that_reason() -> None:
    story = Story()
    story.at(0, finding("Gamebook", evident_at=START))
    assert outcomes(story.at(0.4)) == [("keep_quiet", "Gamebook", "OVER")]
    assert story.at(1) == []


def test_trouble_that_goes_on_for_days_is_said_once() -> None:
    story = Story()
    decisions = story.during(range(0, 5 * 24 * 60, 30), DOWN)
    assert told(decisions) == [("announce", "Gamebook")]
    assert story.open == ["Gamebook"]


def test_an_incident_resolves_when_nothing_has_held_for_a_quarter_of_an_hour() -> None:
    story = Story()
    story.at(0, DOWN)
    assert outcomes(story.at(5)) == [("edit", "Gamebook", "WATCHED")]
    assert story.during([10, 14]) == []
    assert outcomes(story.at(15)) == [("resolve", "Gamebook", "RESOLVED")]
    assert story.open == []


def test_a_short_gap_is_no_end() -> None:
    story = Story()
    story.at(0, DOWN)
    (over,) = story.at(10)
    assert (over.outcome, over.reason, over.detail) == (Outcome.EDIT, Reason.WATCHED, "watched until 06:15 UTC")
    assert outcomes(story.at(14, DOWN)) == [("edit", "Gamebook", "HOLDS_AGAIN")]
    assert outcomes(story.during([20, 25])) == [("edit", "Gamebook", "WATCHED")]


def test_what_comes_back_within_a_day_is_an_update_of_the_same_message() -> None:
    story = Story()
    story.at(0, DOWN)
    first = story.incident("Gamebook").id
    story.at(15)
    (decision,) = story.at(15 + 23 * 60, DOWN)
    assert (decision.outcome, decision.reason, decision.incident) == (Outcome.UPDATE, Reason.BACK, first)
    assert story.incident("Gamebook").id == first


def test_what_comes_back_after_a_day_is_a_new_incident() -> None:
    story = Story()
    story.at(0, DOWN)
    story.at(15)
    assert outcomes(story.at(24 * 60 + 1, DOWN)) == [("announce", "Gamebook", "NEW")]


def test_what_else_a_date_lacks_comes_back_to_its_incident_and_another_date_does_not() -> None:
    story = Story()
    story.at(0, finding("Gamebook", K.REPEATED_FAILURE))
    first = story.incident("Gamebook").id
    story.at(15)
    lacking = finding("Gamebook", K.PARTIAL_COVERAGE)
    next_day = finding("Gamebook", K.PARTIAL_COVERAGE, data_date=DAY + timedelta(days=1))
    assert outcomes(story.at(8 * 60, lacking)) == [("update", "Gamebook", "BACK"), ("join", "Gamebook", "SAME_ROOT")]
    assert story.incident("Gamebook").id == first
    story.during(range(8 * 60 + 10, 9 * 60, 10))
    assert told(story.at(9 * 60, next_day)) == [("announce", "Gamebook")]


def test_becoming_p0_is_shown_at_once() -> None:
    story = Story()
    story.at(0, DOWN)
    (decision,) = story.at(1, finding("Gamebook", severity="P0"))
    assert (decision.outcome, decision.reason, decision.severity) == (Outcome.UPDATE, Reason.WORSE, Severity.P0)
    assert decision.escalated
    assert story.at(2, finding("Gamebook", severity="P0")) == []


def test_a_held_finding_that_becomes_p0_waits_no_longer() -> None:
    story = Story()
    story.at(0, finding("Gamebook", evident_at=START))
    assert told(story.at(0.1, finding("Gamebook", evident_at=START, severity="P0"))) == [("announce", "Gamebook")]


def test_an_incident_shows_the_worst_that_it_was() -> None:
    story = Story()
    story.at(0, finding("Gamebook", severity="P0"))
    assert story.during([6, 12], DOWN) == []
    assert story.incident("Gamebook").severity is Severity.P0
    assert not story.during([13, 20], finding("Gamebook", severity="P0"))


def test_several_faces_of_one_trouble_are_one_message() -> None:
    faces = [finding("Gamebook", kind, severity="P2") for kind in (K.SLA_MISS, K.TIMEOUT, K.MISSING_RUN)]
    decisions = Story().at(0, *faces)
    assert told(decisions) == [("announce", "Gamebook")]
    assert sorted(decision.outcome for decision in decisions) == ["announce", "join"]
    assert next(each for each in decisions if each.outcome is Outcome.ANNOUNCE).finding.kind is K.TIMEOUT


def test_a_processor_that_fails_day_after_day_has_one_incident() -> None:
    story = Story()
    story.at(0, DOWN)
    decisions = story.at(60, DOWN, NEXT_DAY)
    assert outcomes(decisions) == [("update", "Gamebook", "CHANGED"), ("join", "Gamebook", "SAME_ROOT")]
    assert story.incident("Gamebook").data_dates == (DAY, DAY + timedelta(days=1))
    assert story.at(120, NEXT_DAY) == []
    assert story.open == ["Gamebook"]


def test_a_loss_of_another_week_is_another_incident() -> None:
    story = Story()
    story.at(0, DOWN)
    assert told(story.at(60, DOWN, finding("Gamebook", data_date=DAY + timedelta(days=7)))) == [
        ("announce", "Gamebook")
    ]


def test_a_new_date_after_the_first_was_resolved_is_a_new_incident() -> None:
    story = Story()
    story.at(0, DOWN)
    story.at(20)
    assert told(story.at(18 * 60, NEXT_DAY)) == [("announce", "Gamebook")]


def test_updates_keep_their_distance() -> None:
    story = Story()
    story.at(0, DOWN)
    with_impact = finding("Gamebook", impact=("Summary",))
    assert story.at(1, with_impact) == []
    assert story.at(4, with_impact) == []
    assert outcomes(story.at(5, with_impact)) == [("update", "Gamebook", "CHANGED")]
    assert story.during([6, 10, 20], with_impact) == []


def test_slow_and_failing_are_two_troubles() -> None:
    decisions = Story().at(0, DOWN, finding("Gamebook", K.PERF_DEGRADATION))
    assert told(decisions) == [("announce", "Gamebook"), ("announce", "Gamebook")]


def test_a_note_is_said_once() -> None:
    story = Story()
    note = finding("Gamebook", K.TRACKING_BUG, severity="P3")
    again = finding("Gamebook", K.TRACKING_BUG, severity="P3", data_date=DAY + timedelta(days=1))
    assert told(story.at(0, note)) == [("announce", "Gamebook")]
    assert told(story.during([10, 20, 30], note, again)) == []


def test_what_comes_and_goes_is_reported_once_as_that() -> None:
    story = Story()
    decisions = [each for m in range(0, 180, 10) for each in story.at(m, *([DOWN] if m % 20 == 0 else []))]
    assert told(decisions) == [("announce", "Gamebook"), ("update", "Gamebook")]
    assert decisions[-1].reason is Reason.FLAPPING
    assert story.incident("Gamebook").flapping


def test_flapping_ends_when_it_holds_steadily_or_is_gone() -> None:
    story = Story()
    for minute in range(0, 60, 10):
        story.at(minute, *([DOWN] if minute % 20 == 0 else []))
    assert outcomes(story.during(range(60, 140, 10), DOWN)) == [("update", "Gamebook", "STEADY")]
    assert told(story.during(range(140, 300, 10))) == [("resolve", "Gamebook")]


def test_a_slow_coming_and_going_is_flapping_too() -> None:
    story, decisions = Story(), []
    for minute in range(240):
        decisions += story.at(minute, *([DOWN] if minute % 21 < 5 else []))
    assert [each.reason for each in decisions].count(Reason.FLAPPING) == 1
    assert len(told(decisions)) <= 6


def test_after_a_day_without_a_tick_an_incident_goes_on_or_is_over() -> None:
    story = Story()
    story.at(0, DOWN)
    assert told(story.at(25 * 60, DOWN)) == []
    assert story.open == ["Gamebook"]
    assert told(story.at(50 * 60)) == [("resolve", "Gamebook")]
    assert story.open == []


def test_a_new_trouble_days_after_the_first_is_not_news_of_a_loss_that_goes_on() -> None:
    story, failing = Story(), finding("Gamebook", K.TIMEOUT)
    story.at(0, failing)
    story.during(range(10, 60, 10), failing, DOWN)
    story.during(range(60, 3 * 24 * 60, 30), DOWN)
    hanging = finding("Gamebook", K.STUCK_RUN, data_date=DAY + timedelta(days=3))
    assert told(story.at(3 * 24 * 60, DOWN, hanging)) == [("announce", "Gamebook")]


def test_whom_an_update_says_to_be_blocked_is_in_its_impact() -> None:
    """Though the date that it is called by blocks nobody."""
    story = Story()
    story.at(0, DOWN)
    (update,) = [
        each for each in story.at(10, DOWN, replace(NEXT_DAY, impact=("Summary",))) if each.outcome is Outcome.UPDATE
    ]
    assert update.detail == "+ 3 Mar; now blocked: Summary"
    assert update.finding.impact == ("Summary",)


def test_what_a_trouble_has_lost_is_no_second_one() -> None:
    story = Story()
    story.at(0, finding("Gamebook", K.MISSING_RUN))
    story.at(60)
    decisions = story.at(240, finding("Gamebook", K.PARTIAL_COVERAGE))
    assert outcomes(decisions) == [("update", "Gamebook", "BACK")]
