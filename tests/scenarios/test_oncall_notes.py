"""Whoever begins a turn is told what is open; the team is told once that a rota will have nobody."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from bot.config.settings import Settings
from bot.domain.delivery import Act, PageState
from bot.domain.gate.silences import Silence
from bot.domain.oncall.schedule import Layer, Rota, Schedule
from bot.hearing import alarm_of
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.oncall import OncallService
from bot.services.oncall_notes import OncallNotes, Words
from bot.services.reports import ReportService
from bot.services.responses import ResponseService
from bot.views import oncall_notes
from tests.support.gate_story import finding
from tests.support.pager import FakePager, PagedStory, member
from tests.support.rotas import NEW_YORK, PLAN, eastern

TURN = eastern(2026, 1, 12, 9)
"""Ana's week ends, Ben's begins."""
HOUR = timedelta(hours=1)


class Story:
    """The schedule's notes, and the pages that they become. The channel is the last pager."""

    def __init__(self, services: AppServices, plan: Schedule = PLAN, now: datetime = TURN) -> None:
        self.paged = PagedStory(now, FakePager("slack"), FakePager("channel"))
        self.services = replace(services, now=lambda: self.paged.now)
        self.use(plan)

    @property
    def state(self) -> FakeState:
        assert isinstance(self.paged.state, FakeState)
        return self.paged.state

    def use(self, plan: Schedule) -> None:
        """Another oncall.yaml; or another process."""
        oncall = OncallService(plan, self.state)
        responses = ResponseService(self.state, oncall.schedule, identify=member)
        self.services.renew(replace(self.services, oncall=oncall, responses=responses))
        words = Words(oncall_notes.handover, lambda found, now: oncall_notes.gaps(found, plan.zone, now))
        self.notes = OncallNotes(
            self.services, self.state, self.paged.paging.target, words, lambda: self.paged.now, "#data-alerts"
        )

    def at(self, moment: datetime) -> list[str]:
        """What is told then: the channel's target, and the text."""
        self.paged.now = moment
        self.notes.look()
        self.paged.paging.deliver()
        told = [(page.target, page.text) for pager in self.paged.pagers for page in pager.taken]
        for pager in self.paged.pagers:
            pager.taken.clear()
        return [f"{target}: {text}" for target, text in told]


@pytest.fixture
def story(watched: AppServices) -> Story:
    return Story(watched)


def test_whoever_begins_a_turn_is_told_what_is_open_in_their_own_time(story: Story) -> None:
    story.paged.held = [finding("Gamebook", severity="P1")]
    story.paged.look()
    silence = Silence(id="S1", processor="Raw01", since=TURN, until=TURN + 2 * HOUR, reason="moving", by="Ana")
    assert story.state.add_silence(silence)
    begins = TURN + 4 * HOUR
    window = replace(silence, id="W1", processor=None, since=begins, until=begins + 2 * HOUR, announced_at=TURN)
    assert story.state.add_silence(window)
    primary, secondary = sorted(story.at(TURN + timedelta(minutes=1)))
    assert primary.splitlines() == [
        "slack:Ana: You are secondary from now until Mon 19 Jan 09:00 EST.",
        "Why: had the turn before.",
        "Chris had it before.",
        "1 open incident:",
        "- INC-1 P1: Gamebook brought nothing. Next: Ben at 09:30 EST, then Ana at 10:00 EST",
        "1 silence:",
        "- Raw01 until Mon 12 Jan 11:00 EST: moving",
        "1 window:",
        "- all processors from Mon 12 Jan 13:00 EST until Mon 12 Jan 15:00 EST: moving",
        "More: `/oncall`, `/incident list`, `/silence list`, `/window list`.",
    ]
    assert secondary.startswith("slack:Ben: You are primary from now until Mon 19 Jan 09:00 EST.\nAna had it before.")


def test_it_is_told_once_whoever_looks_and_not_when_it_is_no_news(story: Story) -> None:
    assert len(story.at(TURN)) == 2
    story.use(PLAN)
    assert story.at(TURN + timedelta(minutes=1)) == []
    assert story.at(TURN + 7 * timedelta(days=1) + 3 * HOUR) == []


def test_a_new_installation_in_shadow_tells_nobody_and_pages_nobody_who_is_deaf(story: Story) -> None:
    shown, shadow = story.services.reports, SimpleNamespace(alone=True)
    story.services.renew(replace(story.services, reports=cast(ReportService, shadow)))
    assert story.at(TURN) == []
    paged = PagedStory(TURN, FakePager("voice", "twilio"))
    alarm = alarm_of(Settings(), story.services, paged.state, paged.paging, lambda: TURN)
    for reports in (story.services.reports, shown):
        story.services.renew(replace(story.services, reports=reports))
        alarm.begin(TURN, "Slack does not reach us.")
        paged.paging.deliver()
        assert len(paged.paged()) == (reports is shown)
    assert len(story.at(TURN + timedelta(minutes=1))) == 2


def test_a_quiet_handover_says_so(story: Story) -> None:
    [_, ben] = sorted(story.at(TURN))
    assert "No open incident.\nNo silence." in ben


def test_a_note_that_slack_does_not_take_is_tried_again_and_wakes_nobody(story: Story) -> None:
    story.paged.pagers[0].reaches = frozenset({"Ben"})
    assert [text[:10] for text in story.at(TURN)] == ["slack:Ben:"]
    [note] = [each for each in story.state.page_by_id.values() if each.page.act is Act.NOTE]
    assert (note.state, note.incident) == (PageState.SENT, "")
    assert story.paged.paging.unreached() == []


def weekdays(fallback: str = "") -> Schedule:
    layer = Layer(people=("Ana",), starts=TURN.date(), zone=NEW_YORK, weekdays=frozenset(range(5)))
    return replace(PLAN, rotas=(Rota(name="primary", layers=(layer,), fallback=fallback),))


def test_a_rota_that_will_have_nobody_is_told_once_as_long_as_it_stays_as_it_is(watched: AppServices) -> None:
    story = Story(watched, weekdays(), TURN + 4 * HOUR)
    [told] = story.at(TURN + 4 * HOUR)
    assert told.splitlines() == [
        "#data-alerts: "
        "primary has nobody on call for 8 times in the next 60 days: a step that pages primary falls through.",
        "Nobody is primary from Sat 17 Jan 00:00 EST to Mon 19 Jan 00:00 EST.",
        "Nobody is primary from Sat 24 Jan 00:00 EST to Mon 26 Jan 00:00 EST.",
        "Nobody is primary from Sat 31 Jan 00:00 EST to Mon 2 Feb 00:00 EST.",
        "And 5 more gaps in the next 60 days.",
        "Add people or a fallback in oncall.yaml. `/oncall gaps` lists all; this is said once for the rota as it is.",
    ]
    story.use(weekdays())
    assert story.at(TURN + 60 * HOUR) == []
    story.use(weekdays(fallback="Dana"))
    assert story.at(TURN + 61 * HOUR) == []
    layer = Layer(people=("Ben",), starts=TURN.date(), zone=NEW_YORK, weekdays=frozenset({5}))
    story.use(replace(PLAN, rotas=(Rota(name="primary", layers=(layer,)),)))
    assert len(story.at(TURN + 62 * HOUR)) == 1
