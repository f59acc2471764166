"""Runs that are missing: what starts them all is missed slot by slot, over the hours of a shift."""

from datetime import timedelta

from bot.domain.findings.finding import Finding, RootCause
from bot.domain.findings.finding import FindingKind as K
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from tests.support.gate_story import OTHERS, START, Story, finding, told

NOTICED = 45
"""Minutes after its slot."""


def absent(name: str, minutes: float) -> Finding:
    """A run whose slot was so long after START."""
    slot = START + timedelta(minutes=minutes)
    missing = {"root_cause": RootCause.MISSING_RUN, "error_class": "missing_run", "since": slot, "evident_at": slot}
    return finding(name, K.MISSING_RUN, **missing)


def shift(story: Story, every: float, processors: int = 6) -> list[list[Decision]]:
    """One after another does not run; what was decided at each."""
    missing = [absent(name, place * every) for place, name in enumerate(OTHERS[:processors])]
    return [
        story.at(place * every + NOTICED, *missing[: place + 1])  # those before it are missing still
        for place in range(processors)
    ]


def test_six_within_eight_hours_are_one_storm_that_takes_in_the_earlier_messages() -> None:
    story = Story()
    *earlier, last = shift(story, 96)
    assert [told(decisions) for decisions in earlier] == [[("announce", name)] for name in OTHERS[:5]]
    (storm,) = [each for each in last if each.outcome is Outcome.ANNOUNCE]
    assert (storm.reason, storm.finding.kind, storm.members) == (Reason.CLASS_STORM, K.ALERT_STORM, 6)
    assert (storm.finding.root_cause, storm.finding.processors) == (RootCause.SCHEDULER_FAILURE, OTHERS[:6])
    assert [each.reason for each in last].count(Reason.MERGED) == 5
    assert story.open == ["Raw01"]


def test_six_within_nine_hours_are_six() -> None:
    story = Story()
    decided = shift(story, 108)
    assert [told(decisions) for decisions in decided] == [[("announce", name)] for name in OTHERS[:6]]
    assert len(story.open) == 6


def test_five_within_a_minute_are_five() -> None:
    story = Story()
    shift(story, 0.2, processors=5)
    assert len(story.open) == 5


def test_other_errors_have_the_short_window_still() -> None:
    """Six that fail alike within the eight hours are six."""
    alike = [
        finding(name, error_class="SourceDown", since=START + timedelta(minutes=96 * place))
        for place, name in enumerate(OTHERS[:6])
    ]
    assert len(told(Story().at(500, *alike))) == 6
