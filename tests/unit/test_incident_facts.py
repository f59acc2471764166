"""What an incident is called by stays, and what is new is said as what changed."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import IncidentState
from tests.support.gate_story import DAY, START, Story, finding

FAILS = finding("Gamebook", K.VALIDATION_FAILED)
EMPTY = finding("Gamebook", K.UPSTREAM_CASCADE)


def update(decisions: list[Decision]) -> Decision:
    (found,) = [each for each in decisions if each.outcome is Outcome.UPDATE]
    return found


def test_the_gravest_kind_stays_when_another_face_shows_again() -> None:
    story = Story()
    story.at(0, FAILS)
    assert update(story.at(10, EMPTY)).detail == "now also: runs fail, dependents blocked for 2 Mar"
    assert story.incident("Gamebook").headline.kind is K.UPSTREAM_CASCADE
    assert [each.outcome for each in story.during((20, 30, 40), FAILS)] == []
    assert story.incident("Gamebook").headline.kind is K.UPSTREAM_CASCADE


def test_since_is_when_the_first_of_it_began() -> None:
    story = Story()
    story.at(0, FAILS)
    story.at(10, replace(EMPTY, since=START + timedelta(minutes=9)))
    assert story.incident("Gamebook").headline.since == FAILS.since


def test_other_trouble_on_the_next_date_is_named() -> None:
    story = Story()
    story.at(0, EMPTY)
    tomorrow = replace(FAILS, kind=K.MISSING_RUN, data_date=DAY + timedelta(days=1))
    assert update(story.at(10, EMPTY, tomorrow)).detail == "now also: did not run for 3 Mar"
    same = replace(EMPTY, data_date=DAY + timedelta(days=2))
    assert update(story.at(20, EMPTY, tomorrow, same)).detail == "+ 4 Mar"


def test_a_loss_that_is_looked_at_as_an_old_one_is_no_news() -> None:
    """After a week only that its date has no data is looked at; the incident has said so from the first."""
    story = Story()
    story.at(0, EMPTY)
    lost = replace(EMPTY, kind=K.ZERO_RECORDS_PROCESSOR)
    assert [each.outcome for each in story.during((10, 20, 30), lost)] == []
    other = replace(lost, data_date=DAY + timedelta(days=1))
    assert update(story.at(40, lost, other)).detail == "now also: no data for 3 Mar"
    assert story.incident("Gamebook").headline.kind is K.UPSTREAM_CASCADE


def test_a_severity_keeps_its_own_reason() -> None:
    story = Story()
    story.at(0, EMPTY)
    worse = replace(EMPTY, severity=Severity.P0, severity_reason="it blocks predictions")
    assert update(story.at(1, worse)).detail == "P2 → P0: it blocks predictions"
    story.at(10, EMPTY)
    incident = story.incident("Gamebook")
    assert (incident.severity, incident.severity_reason) == (Severity.P0, "it blocks predictions")
    assert (incident.headline.severity, incident.headline.severity_reason) == (Severity.P0, "it blocks predictions")


def test_what_joins_is_named() -> None:
    story = Story()
    story.at(0, EMPTY)
    said = update(story.at(10, replace(EMPTY, impact=("Summary",)), finding("Summary", K.MISSING_RUN, since=START)))
    assert said.detail == "joined: Summary; now blocked: Summary"


def test_the_newest_error_is_taken_over() -> None:
    story = Story()
    story.at(0, replace(EMPTY, error="KeyError", failures=3))
    story.at(1, replace(EMPTY, error="ValueError", failures=4))
    assert (story.incident("Gamebook").headline.error, story.incident("Gamebook").headline.failures) == (
        "ValueError",
        4,
    )


def test_what_is_given_up_is_expired_and_not_resolved() -> None:
    """A loss is looked after for 28 days: with the tick after, nothing finds it any more."""
    story = Story()
    last = timedelta(days=29, hours=17, minutes=50)
    assert (START + last - timedelta(days=28)).date() == DAY + timedelta(days=2)
    lost = replace(EMPTY, data_date=date(2026, 3, 4))
    story.at(last / timedelta(minutes=1), lost)
    (ended,) = story.at(last / timedelta(minutes=1) + 25)
    assert (ended.outcome, ended.reason) == (Outcome.RESOLVE, Reason.EXPIRED)
    (incident,) = story.memory.incidents.values()
    assert (incident.state, incident.is_open) == (IncidentState.EXPIRED, False)


def test_what_is_well_again_is_resolved() -> None:
    story = Story()
    story.at(0, EMPTY)
    assert [each.reason for each in story.at(20)] == [Reason.RESOLVED]
