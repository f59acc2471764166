"""A person says how bad an incident is, on every state: it pages by that until the facts show more than they knew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Actor, Identity
from bot.domain.delivery import Act as PageAct
from bot.domain.errors import BadInput
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.timeline import EntryKind
from bot.services.access import NotYours
from bot.services.incidents import IncidentService
from bot.services.notified import notified_within
from bot.services.responses import ResponseService, Said
from bot.services.retrospect import RetrospectService
from bot.services.watched import never
from tests.contracts.states import KINDS, opened
from tests.support.gate_story import REGISTRY, START, finding
from tests.support.pager import FakePager, PagedStory, member, person

CHRIS, ANA = person("Chris"), person("Ana")
"""Chris has the turn of START."""
LOST, MORE = finding("Gamebook", severity="P0"), finding("Gamebook", FindingKind.VALIDATION_FAILED, severity="P1")
SMALL = replace(LOST, severity=Severity.P1)
KNOWN, GRAVE = Said(Severity.P2, "known bug"), Said(Severity.P0, "games start at 7")


@pytest.fixture(params=KINDS)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PagedStory]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield PagedStory(START, state=again())


def response(story: PagedStory) -> Response:
    found = story.state.response(story.incident.id)
    assert found is not None
    return found


def begin(story: PagedStory, *held: object) -> None:
    story.held = list(held)  # type: ignore[arg-type]
    story.fast_forward(minutes=1)


def said(story: PagedStory) -> list[str]:
    return [each.text for each in story.state.timeline(story.incident.id)]


def audited(story: PagedStory) -> None:
    """Nothing is left undone, and the chain is whole."""
    story.auditor().audit()


def test_raised_it_ends_an_acknowledgement_and_pages_from_step_1(story: PagedStory) -> None:
    begin(story, SMALL)
    story.responses.acknowledge(story.incident, CHRIS, story.now)
    story.paged()
    raised = story.responses.set_severity(story.incident, ANA, GRAVE, story.now)
    assert (raised.state, raised.severity, raised.owner) == (ResponseState.OPEN, Severity.P0, "")
    story.fast_forward(minutes=1)
    assert story.paged() == [("Chris", "slack"), ("Chris", "voice")]
    assert "Ana set it to P0: games start at 7; paging begins at step 1" in said(story)
    assert story.state.timeline(story.incident.id)[-2].kind is EntryKind.WORSE
    [link] = [
        each for each in story.state.audit_of(f"incident:{story.incident.id}") if "set it to P0" in each.record.body
    ]
    assert link.record.actor == ANA.key
    health = notified_within(story.state, never, START, story.now + timedelta(minutes=1))
    assert [(each.severity, each.severity_reason) for each in health.open] == [
        (Severity.P0, "set by Ana: games start at 7")
    ]
    audited(story)
    draft = RetrospectService(story.state).of(story.incident, story.now).incident
    known = IncidentService(story.state, REGISTRY, lambda *_: None)  # type: ignore[arg-type]
    shown = known.evidence(story.incident.id, story.now).incident
    assert {each.severity_reason for each in (draft, shown)} == {"set by Ana: games start at 7"}
    assert {draft.severity, shown.severity} == {Severity.P0}


def test_lowered_it_pages_by_the_smaller_policy_and_the_same_facts_change_nothing(story: PagedStory) -> None:
    begin(story, LOST)
    assert story.paged() == [("Chris", "slack"), ("Chris", "voice")]
    lowered = story.responses.set_severity(story.incident, CHRIS, KNOWN, story.now)
    assert (lowered.state, lowered.severity) == (ResponseState.OPEN, Severity.P2)
    story.fast_forward(minutes=90, step_s=60)
    assert story.paged() == []
    assert "Chris set it to P2: known bug" in said(story)
    audited(story)


def test_whoever_has_it_keeps_it_when_it_is_lowered(story: PagedStory) -> None:
    begin(story, LOST)
    story.responses.acknowledge(story.incident, CHRIS, story.now)
    lowered = story.responses.set_severity(story.incident, ANA, KNOWN, story.now)
    assert (lowered.state, lowered.owner) == (ResponseState.ACKNOWLEDGED, "Chris")
    audited(story)


@pytest.mark.parametrize(
    ("before", "later", "why"),
    [
        ((SMALL,), (LOST,), "what was known then is graver now"),
        ((LOST,), (LOST, MORE), "something graver was found since"),
    ],
)
def test_facts_that_say_more_than_was_known_end_the_word(
    story: PagedStory, before: tuple[object, ...], later: tuple[object, ...], why: str
) -> None:
    begin(story, *before)
    if before == (SMALL,):
        story.fast_forward(minutes=31)
    story.responses.set_severity(story.incident, CHRIS, KNOWN, story.now)
    story.fast_forward(minutes=10, step_s=60)
    story.paged()
    begin(story, *later)
    assert response(story).set_severity is None
    assert response(story).severity is story.incident.severity is Severity.P0
    assert f"P2, as Chris had set it, became P0: {why}; paging begins at step 1" in said(story)
    assert story.paged() == [("Chris", "slack"), ("Chris", "voice")]
    audited(story)


def test_what_was_known_and_becomes_graver_is_seen_though_the_worst_stays(story: PagedStory) -> None:
    """The incident was P0 before, and its facts say no more than that; but what is P0 now was P1 then."""
    begin(story, LOST, MORE)
    story.responses.set_severity(story.incident, CHRIS, KNOWN, story.now)
    begin(story, MORE)
    assert response(story).severity is Severity.P2
    story.paged()
    begin(story, replace(MORE, severity=Severity.P0))
    assert response(story).severity is Severity.P0
    assert story.paged() == [("Chris", "slack"), ("Chris", "voice")]


def test_it_lives_on_when_it_is_reopened_and_ends_with_the_episode(story: PagedStory) -> None:
    begin(story, LOST)
    story.responses.set_severity(story.incident, CHRIS, KNOWN, story.now)
    found = story.incident
    story.responses.resolve(found, CHRIS, story.now, "lost for good")
    again = story.responses.reopen(found, CHRIS, "not yet", story.now)
    assert (again.severity, again.set_severity is not None) == (Severity.P2, True)
    audited(story)
    begin(story)
    story.fast_forward(minutes=60, step_s=60)
    begin(story, LOST)
    assert (response(story).severity, response(story).set_severity) == (Severity.P0, None)


def test_a_pager_that_goes_on_by_itself_is_told_that_it_is_smaller() -> None:
    story = PagedStory(START, FakePager("slack"), FakePager("voice", "twilio"), FakePager("pagerduty"))
    begin(story, LOST)
    sent = story.state.pages_of(response(story).dedup_key)[0]
    told = replace(sent, page=replace(sent.page, id="pd", channel="pagerduty"))
    with story.state.transaction() as tx:
        tx.pages.add([told])
    story.responses.set_severity(story.incident, CHRIS, KNOWN, story.now)
    story.paging.deliver()
    assert story.pagers[2].taken[-1].act is PageAct.RESOLVE


def test_who_would_stop_the_pages_to_others_says_that_it_is_meant() -> None:
    story = PagedStory(START)
    begin(story, LOST)
    with pytest.raises(NotYours, match=r"You were not paged for INC-1\. Lowering it would stop the pages to Chris"):
        story.responses.set_severity(story.incident, ANA, KNOWN, story.now)
    assert story.responses.set_severity(story.incident, ANA, KNOWN, story.now, meant=True).severity is Severity.P2
    assert story.responses.set_severity(story.incident, ANA, GRAVE, story.now).severity is Severity.P0


def test_a_press_that_another_overtakes_is_judged_again(story: PagedStory) -> None:
    """Chris changes it between what Ana's press has seen and what it would store."""
    begin(story, SMALL)
    story.responses.set_severity(story.incident, CHRIS, KNOWN, story.now)
    chris = story.responses
    overtakes = [
        lambda: chris.set_severity(story.incident, CHRIS, GRAVE, story.now),
        lambda: chris.acknowledge(story.incident, CHRIS, story.now),
    ]

    def overtaken(actor: Actor) -> Identity:
        if len(overtakes) > left:
            overtakes.pop(0)()
        return member(actor)

    ana, left = ResponseService(story.state, lambda _: story.plan, identify=overtaken), 1
    with pytest.raises(NotYours, match="Lowering it would stop the pages to Chris"):
        ana.set_severity(story.incident, ANA, Said(Severity.P1, "it is no P2"), story.now)
    assert response(story).severity is Severity.P0
    left = 0
    with pytest.raises(NotYours, match=r"Chris has INC-1\. Taking it over would make it yours"):
        ana.take_over(story.incident, ANA, story.now)
    assert response(story).owner == "Chris"
    assert ana.take_over(story.incident, ANA, story.now).owner == "Ana"
    assert [each for each in said(story) if "it is no P2" in each] == []


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Said(Severity.P0, "x"), "INC-1 is P0 already"),
        (Said(Severity.P1, "  "), "Say why INC-1 is P1"),
        (Said(Severity.P1, "x" * 301), "in 300 characters at most"),
    ],
)
def test_what_makes_no_sense_changes_nothing(wanted: Said, why: str) -> None:
    story = PagedStory(START)
    begin(story, LOST)
    with pytest.raises(BadInput, match=why):
        story.responses.set_severity(story.incident, CHRIS, wanted, story.now)
    assert response(story).set_severity is None


def test_what_is_over_has_no_severity_to_set() -> None:
    story = PagedStory(START)
    begin(story, LOST)
    story.responses.resolve(story.incident, CHRIS, story.now, "lost")
    with pytest.raises(BadInput, match="INC-1 is resolved already"):
        story.responses.set_severity(story.incident, CHRIS, GRAVE, story.now)
