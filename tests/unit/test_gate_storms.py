"""Many at once: storms of like failures, storms that detectors see, and the cap of messages an hour."""

from datetime import timedelta

from bot.domain.findings.finding import Finding, RootCause
from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.gate.folded import folded
from bot.domain.incidents.decisions import Outcome, Reason
from tests.support.gate_story import OTHERS, START, Story, finding, outcomes, told

ALIKE = [finding(name, error_class="SourceDown", since=START) for name in OTHERS]


def test_six_processors_with_one_error_are_one_message() -> None:
    story = Story()
    decisions = story.at(0, *ALIKE[:6])
    (storm,) = [each for each in decisions if each.outcome is Outcome.ANNOUNCE]
    assert (storm.reason, storm.finding.kind, storm.members) == (Reason.CLASS_STORM, K.ALERT_STORM, 6)
    assert storm.finding.processors == OTHERS[:6]
    assert storm.finding.explanation == "6 processors fail with the same error since 06:00 UTC: SourceDown."
    assert [each.outcome for each in decisions].count(Outcome.JOIN) == 6


def test_six_that_do_not_run_have_a_cause_that_is_none_of_theirs() -> None:
    absent = {"error_class": "missing_run", "root_cause": RootCause.MISSING_RUN, "since": START}
    decisions = Story().at(45, *(finding(name, K.MISSING_RUN, **absent) for name in OTHERS[:6]))
    (storm,) = [each for each in decisions if each.outcome is Outcome.ANNOUNCE]
    assert (storm.finding.kind, storm.finding.root_cause) == (K.ALERT_STORM, RootCause.SCHEDULER_FAILURE)
    said = "6 processors have not run since 3 Mar, 06:00 UTC: is what starts them at work?"
    assert storm.finding.explanation == said


def test_five_are_five() -> None:
    assert len(told(Story().at(0, *ALIKE[:5]))) == 5


def test_six_unlike_ones_are_six() -> None:
    unlike = [finding(name, error_class=name) for name in OTHERS[:6]]
    assert len(told(Story().at(0, *unlike))) == 6


def test_six_within_an_hour_are_no_storm() -> None:
    slow = [finding(n, error_class="X", since=START + timedelta(minutes=6 * i)) for i, n in enumerate(OTHERS[:6])]
    assert len(told(Story().at(60, *slow))) == 6


def test_the_sixth_takes_in_the_five_before_it() -> None:
    story = Story()
    for count in range(1, 6):
        story.at(count, *ALIKE[:count])
    assert len(story.open) == 5
    decisions = story.at(6, *ALIKE[:6])
    assert [each.outcome for each in decisions].count(Outcome.ANNOUNCE) == 1
    assert [each.reason for each in decisions].count(Reason.MERGED) == 5
    assert len(story.open) == 1


def test_before_and_after_of_a_storm_leave_out_what_was_told_before_it() -> None:
    story = Story()
    story.during([0, 1, 2], *ALIKE[:4])
    assert all(folded(each, story.decisions) is None for each in story.memory.incidents.values())
    for minute in range(3, 24, 3):
        story.at(minute, *ALIKE[: 5 + minute])
    (storm,) = [each for each in story.memory.incidents.values() if each.is_open]
    decided = [each for each in story.decisions if each.incident == storm.id]
    found = folded(storm, decided)
    assert found is not None
    assert (len(found.findings), found.told_before) == (22, 4)
    assert len(found.sent) == len(told(decided)) < 7
    early = folded(storm, decided, found.findings[0] + timedelta(minutes=1))
    assert early is not None
    assert (len(early.findings), len(early.sent), early.told_before) == (4, 1, 4)


def test_later_ones_join_the_storm() -> None:
    story = Story()
    story.at(0, *ALIKE[:6])
    decisions = story.at(40, *ALIKE[:8])
    assert told(decisions) == [("update", "Raw01")]
    assert [each.reason for each in decisions if each.outcome is Outcome.JOIN] == [Reason.SAME_CLASS] * 2


def test_a_storm_resolves_when_all_are_well() -> None:
    story = Story()
    story.at(0, *ALIKE[:6])
    assert told(story.during([10, 20, 30], ALIKE[3])) == []
    assert told(story.during([40, 50])) == [("resolve", "Raw01")]


def test_downstream_of_a_storms_member_joins_the_storm() -> None:
    story = Story()
    gamebook = finding("Gamebook", error_class="SourceDown", since=START)
    story.at(0, gamebook, *ALIKE[:6])
    decisions = story.at(30, gamebook, *ALIKE[:6], finding("Summary", since=START))
    assert told(decisions) == [("update", "Gamebook")]
    assert ("join", "Summary", "DOWNSTREAM") in outcomes(decisions)


def test_findings_of_a_storm_that_a_detector_sees_join_it() -> None:
    story = Story()
    seen = finding("Raw01", K.ALERT_STORM, processors=OTHERS[:8], severity="P1", since=START)
    members = [finding(name, since=START) for name in OTHERS[:3]]
    elsewhere = finding("Raw20", since=START)
    decisions = story.at(0, seen, elsewhere, *members)
    assert told(decisions) == [("announce", "Raw20"), ("announce", "Raw01")]
    assert [each.reason for each in decisions].count(Reason.IN_STORM) == 3


def test_trouble_older_than_the_storm_keeps_its_message() -> None:
    story = Story()
    old = finding("Raw02", since=START - timedelta(hours=9))
    story.at(0, old)
    seen = finding("Raw01", K.ALERT_STORM, processors=OTHERS[:8], severity="P1", since=START)
    assert told(story.at(10, old, seen)) == [("announce", "Raw01")]
    assert len(story.open) == 2


def test_p0_keeps_its_own_message_in_an_alert_storm() -> None:
    seen = finding("Raw01", K.ALERT_STORM, processors=OTHERS[:8], severity="P1", since=START)
    p0 = finding("Raw02", severity="P0", since=START)
    assert len(told(Story().at(0, seen, p0))) == 2


def test_what_still_fails_after_the_storm_is_reported() -> None:
    story = Story()
    seen = finding("Raw01", K.ALERT_STORM, processors=OTHERS[:8], severity="P1", since=START)
    left = finding("Raw02", since=START)
    story.at(0, seen, left)
    decisions = story.during(range(10, 40, 5), left)
    assert told(decisions) == [("resolve", "Raw01"), ("announce", "Raw02")]


def test_a_detector_that_sees_a_gathered_storm_makes_no_second_message() -> None:
    story = Story()
    story.at(0, *ALIKE[:6])
    seen = finding("Raw03", K.ALERT_STORM, processors=OTHERS[:6], severity="P1", since=START)
    decisions = story.at(10, seen, *ALIKE[:6])
    assert [outcome for outcome, _ in told(decisions)] == ["update"]
    assert len(story.open) == 1


def test_beyond_the_cap_the_rest_is_one_message_with_a_count() -> None:
    story = Story(messages_per_hour=3)
    decisions = story.at(0, *(finding(name) for name in OTHERS[:10]))
    announced = [each for each in decisions if each.outcome is Outcome.ANNOUNCE]
    assert len(announced) == 4
    (rest,) = [each for each in announced if each.reason is Reason.CAP_STORM]
    assert rest.members == 7
    assert rest.finding.explanation == "7 more than this hour's limit of new messages, which is 3."
    assert [each.reason for each in decisions].count(Reason.CAPPED) == 7


def test_the_worst_are_reported_first() -> None:
    story = Story(messages_per_hour=1)
    decisions = story.at(0, finding("Raw01"), finding("Raw02", severity="P1"))
    assert [each.finding.root for each in decisions if each.reason is Reason.NEW] == ["Raw02"]


def test_p0_is_never_capped() -> None:
    story = Story(messages_per_hour=1)
    story.at(0, finding("Raw01"), finding("Raw02"))
    assert outcomes(story.at(1, finding("Raw01"), finding("Raw02"), finding("Raw03", severity="P0"))) == [
        ("announce", "Raw03", "P0")
    ]


def test_what_was_capped_and_becomes_p0_gets_its_own_message() -> None:
    story = Story(messages_per_hour=1)
    story.at(0, finding("Raw01"), finding("Raw02"))
    decisions = story.at(1, finding("Raw01"), finding("Raw02", severity="P0"))
    announced = [each for each in decisions if each.outcome is Outcome.ANNOUNCE]
    assert [(each.finding.root, each.severity) for each in announced] == [("Raw02", Severity.P0)]


def test_an_hour_later_there_is_room_again() -> None:
    story = Story(messages_per_hour=1)
    story.at(0, finding("Raw01"), finding("Raw02"))
    assert ("announce", "Raw09", "NEW") in outcomes(story.at(61, finding("Raw01"), finding("Raw02"), finding("Raw09")))


def test_notes_take_nobodys_place() -> None:
    story = Story(messages_per_hour=1)
    notes = [finding(name, K.TRACKING_BUG, severity="P3") for name in OTHERS[:5]]
    assert len(told(story.at(0, *notes))) == 5
    assert outcomes(story.at(1, *notes, finding("Raw09"))) == [("announce", "Raw09", "NEW")]


def test_p0_within_a_storm_that_has_just_ceased_is_shown_as_p0() -> None:
    story = Story()
    seen = finding("Raw01", K.RETRY_STORM, processors=OTHERS[:8], severity="P1", since=START)
    story.at(0, seen, finding("Raw02", since=START))
    (decision,) = story.at(1, finding("Raw02", since=START, severity="P0"))
    assert (decision.outcome, decision.severity, decision.finding.root) == (Outcome.UPDATE, Severity.P0, "Raw01")


def test_downstream_follows_what_leaves_the_rest_of_the_hour_as_p0() -> None:
    story, other = Story(messages_per_hour=1), finding("Raw01", severity="P1")
    story.at(0, other, finding("Gamebook"))
    decisions = story.at(1, other, finding("Gamebook", severity="P0"), finding("Summary", since=START))
    assert ("announce", "Gamebook", "P0") in outcomes(decisions)
    assert story.memory.alerts[finding("Summary").fingerprint].incident == story.incident("Gamebook").id


def failing(
    root: str, error: str = "FATAL: 120 connections are too many", minutes: int = 0, **facts: object
) -> Finding:
    since = START + timedelta(minutes=minutes)
    return finding(root, K.REPEATED_FAILURE, **{"error": error, "one_text": True, "since": since, **facts})


def test_what_fails_with_the_same_text_within_an_hour_is_one_incident_that_grows() -> None:
    story = Story()
    first = failing("Raw01")
    story.at(0, first)
    second = failing("Raw02", "FATAL: 131 connections are too many", 50, severity="P1", error_class="other")
    decisions = story.at(60, first, second)
    assert outcomes(decisions) == [("update", "Raw02", "WORSE"), ("join", "Raw02", "SAME_TEXT")]
    (incident,) = story.memory.incidents.values()
    assert (incident.processors, incident.severity) == (("Raw01", "Raw02"), Severity.P1)
    assert story.during(range(61, 100), second) == [], "it goes on for as long as one of them fails"
    assert told(story.during([120, 140])) == [("resolve", "Raw02")]


def test_two_of_one_text_in_one_tick_are_one_message_that_names_both() -> None:
    decisions = Story().at(5, failing("Raw01"), failing("Raw02"))
    assert told(decisions) == [("announce", "Raw01")]
    (announced,) = [each for each in decisions if each.outcome is Outcome.ANNOUNCE]
    assert announced.finding.processors == ("Raw01", "Raw02")


def test_p0_and_what_fails_in_different_words_keep_their_own_message() -> None:
    others = failing("Raw02", severity="P0"), failing("Raw03", one_text=False)
    story = Story()
    story.at(0, failing("Raw01"))
    assert len(told(story.at(10, failing("Raw01"), *others))) == 2


def test_another_text_or_another_hour_or_a_text_of_nothing_is_another_incident() -> None:
    others = (failing("Raw02", "KeyError: 'shop_ref'"), failing("Raw03", minutes=61), failing("Raw04", "exit code 1"))
    story = Story()
    first = (failing("Raw01", "KeyError: 'stripe_ref'"), failing("Raw05"), failing("Raw06", "exit code 1"))
    story.at(0, *first)
    assert len(told(story.at(70, *first, *others))) == 3


def test_a_storm_takes_in_what_failed_with_its_text_first_and_what_fails_with_it_later() -> None:
    story = Story()
    two = failing("Raw01", severity="P1"), failing("Raw02", severity="P1")
    story.at(0, *two)
    storm = finding("Raw03", K.ALERT_STORM, processors=OTHERS[:6], severity="P1", since=START, error=two[0].error)
    assert told(story.at(20, *two, storm)) == [("resolve", "Raw01"), ("announce", "Raw01")]
    assert told(story.at(150, *two, storm, failing("Raw20", minutes=140))) == [("update", "Raw01")]
    assert len(story.open) == 1
