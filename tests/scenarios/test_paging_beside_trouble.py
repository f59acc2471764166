"""A page leaves whatever the rest of the process does: raise, or hang."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot import responding
from bot.config.settings import Settings
from bot.domain.delivery import Act, Kind, Outcome, Page, PageState
from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident
from bot.ports.fakes.metrics import FakeMetrics
from bot.responding import responding as wired
from bot.scheduler import Lane, response_lanes, running
from bot.services.vitals import Vitals
from tests.support.gate_story import START, finding
from tests.support.pager import FakePager, PagedStory
from tests.support.rotas import PLAN

OFTEN = timedelta(milliseconds=20)
SOON_S = 60.0


@contextmanager
def hanging() -> Iterator[Callable[..., Any]]:
    """What never answers, until the test is over."""
    over = threading.Event()
    yield lambda *_args, **_named: over.wait()
    over.set()


def raising(*_args: Any, **_named: Any) -> Any:
    raise ZeroDivisionError("no chart, no metrics, no verdict")


class Noting(FakePager):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.arrived = threading.Event()

    def send(self, page: Page) -> Outcome:
        outcome = super().send(page)
        self.arrived.set()
        return outcome


class BrokenMetrics(FakeMetrics):
    paged = turned = raising


def paged_beside(latest: Callable[[Incident], Any], metrics: FakeMetrics, others: Callable[[], Any]) -> list[str]:
    """The texts of the first step's pages of a P0, while other lanes do `others`."""
    story = PagedStory(START)
    story.gate.tick(START, [finding("Gamebook", severity="P0")])
    pagers = [Noting("slack"), Noting("voice", "twilio")]
    oncall = SimpleNamespace(schedule=lambda _: PLAN, plan=PLAN)
    services: Any = SimpleNamespace(now=lambda: START, oncall=oncall)
    duties = wired(services, story.state, latest, pagers, metrics, Settings(), lambda: 0.0)
    lanes = [Lane(name, OFTEN, others, "nothing") for name in ("detection", "messages", "checks")]
    lanes += response_lanes(duties.escalation, duties.paging, duties.auditor)
    with running(lanes, Vitals(lambda: 0.0), duties.paging.stop):
        for pager in pagers:
            assert pager.arrived.wait(SOON_S)
    return [page.text for pager in pagers for page in pager.taken]


def test_everything_else_raises() -> None:
    texts = paged_beside(raising, BrokenMetrics(), raising)
    assert len(texts) == 2
    assert all("P0 INC-1" in text and "Acknowledge" in text for text in texts)


def test_what_was_sent_is_stored_although_it_cannot_be_counted() -> None:
    """Or a channel that cannot be asked would send it again."""
    story = PagedStory(START, FakePager("slack", sees=False))
    story.metrics = BrokenMetrics()
    story.restart()
    story.held = [finding("Gamebook", severity="P0")]
    with pytest.raises(ZeroDivisionError):
        story.look()
    assert [each.state for each in story.state.pages_of(f"{story.incident.id}:1")] == [PageState.SENT]


def test_when_nobody_answers_the_team_hears_of_it_each_time() -> None:
    story, team = PagedStory(START), FakePager("channel", wakes=False)
    story.gate.tick(START, [finding("Gamebook", severity="P0")])
    services: Any = SimpleNamespace(now=lambda: START, oncall=SimpleNamespace(schedule=lambda _: PLAN, plan=PLAN))
    settings, metrics = Settings(fallback_channel="C9"), FakeMetrics()
    duties = wired(services, story.state, raising, [FakePager("slack"), team], metrics, settings, lambda: 0.0)
    for minutes in (0, 5, 10, 15, 45, 50, 55, 60):
        duties.escalation.act(story.incident.id, START + timedelta(minutes=minutes))
        duties.paging.deliver()
    assert [(page.target, page.severity, page.act) for page in team.taken] == [("C9", Severity.P0, Act.NOTE)] * 2
    assert team.taken[0].text.startswith("P0 INC-1: nobody has answered.")
    assert (
        f"Paging begins again at {(START + timedelta(minutes=45)).astimezone(PLAN.zone):%H:%M %Z}."
        in team.taken[0].text
    )


def test_a_ladder_that_reached_nobody_does_not_say_that_everybody_was_paged() -> None:
    story = PagedStory(START, FakePager("slack", reaches=frozenset()))
    story.held = [finding("Gamebook", severity="P0")]
    story.look()
    assert story.state.timeline(story.incident.id)[-1].text.startswith(
        "Every step was taken, and reached nobody; paging begins again in"
    )


def test_after_a_stop_a_look_that_gets_no_answer_is_made_again() -> None:
    unanswered = Outcome(Kind.AMBIGUOUS, "no answer in time")
    slack = FakePager("slack", answer=lambda _: unanswered, finds=unanswered)
    story = PagedStory(START, slack)
    story.held = [finding("Gamebook", severity="P0")]
    story.look()
    story.stand_still(6)
    story.look()
    slack.finds = None
    story.fast_forward(1, step_s=5)
    assert [page.id for page in slack.tries].count(slack.tries[0].id) == 1


def test_everything_else_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responding, "FACTS_WITHIN_S", 0.05)
    monkeypatch.setattr("bot.scheduler.ENDS_WITHIN_S", 0.05)
    with hanging() as hangs:
        texts = paged_beside(hangs, FakeMetrics(), hangs)
    assert len(texts) == 2
    assert all("P0 INC-1" in text and "Acknowledge" in text for text in texts)
