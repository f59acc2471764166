"""What is good to know comes by the same channels as pages, and is given up where a page is not."""

from dataclasses import replace

import pytest

from bot.domain.delivery import Act, Kind, Outcome, PageState
from bot.domain.escalation.pages import about_no_incident
from bot.domain.findings.severity import Severity
from tests.support.gate_story import START
from tests.support.pager import FakePager, PagedStory


@pytest.mark.parametrize("severity", [Severity.P3, Severity.P0])
def test_a_note_that_nobody_can_look_for_comes_twice_at_most(severity: Severity) -> None:
    """A mail server that takes each one and answers late. What is told to all as nobody acknowledges goes on."""
    story = PagedStory(START, FakePager("mail", sees=False, answer=lambda _: Outcome(Kind.AMBIGUOUS, "no answer")))
    note = about_no_incident("digest", Act.NOTE, "mail", "Ana", "mail:Ana", "Digest: RED", START, START)
    with story.state.transaction() as tx:
        tx.pages.add([replace(note, page=replace(note.page, severity=severity))])
    story.fast_forward(10)
    titles, is_told = [page.title for page in story.pagers[0].taken], severity is Severity.P0
    assert titles[:2] == ["Digest: RED", "(possible repeat) Digest: RED"]
    assert (len(titles) > 10) is is_told
    assert story.state.pages_of("digest")[0].state is (PageState.UNCLEAR if is_told else PageState.UNKNOWN)


def test_a_note_that_nobody_takes_is_given_up_when_it_is_no_news() -> None:
    story = PagedStory(START, FakePager("mail", answer=lambda _: Outcome(Kind.NO, "refused", permanent=True)))
    with story.state.transaction() as tx:
        tx.pages.add([about_no_incident("digest", Act.NOTE, "mail", "Ana", "mail:Ana", "Digest: RED", START, START)])
    for _ in range(2):
        story.fast_forward(1)
        story.stand_still(47 * 60)
    assert [each.state for each in story.state.pages_unsent()] == [PageState.PENDING]
    story.fast_forward(1)
    assert (story.state.pages_unsent(), len(story.pagers[0].tries)) == ([], 2)
