"""What is repaired again and again gets one ticket in Jira a week and processor, whatever else is asked for with it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.adapters.pages.jira import Jira, Project
from bot.domain.access import Actor, Identity, Origin, Role, Way
from bot.domain.reprocessing.plan import StepKey
from bot.domain.reprocessing.repair import Repair
from bot.services.mend_tickets import MendTickets
from tests.support.page_endpoints import endpoint, jira, settled
from tests.support.pager import PagedStory
from tests.support.repair_cards import repair, third
from tests.support.repairs import LAST, NOW

ANA = Actor("U01", "Ana", Way.SLACK)


def again(*names: str) -> Repair:
    return repair(replace(third(), again=tuple(StepKey(name, LAST) for name in names)))


def titles(tickets: Sequence[dict[str, dict[str, str]]]) -> list[str]:
    return [each["fields"]["summary"] for each in tickets]


def test_each_processor_gets_one_ticket_a_week_that_is_looked_for_by_its_label() -> None:
    with endpoint(jira) as site:
        story = PagedStory(NOW, Jira(Project(site.address, "ana@example.com", "token", "DATA", "Task", 5.0)))  # type: ignore[arg-type]
        target = story.paging.target
        tickets = MendTickets(story.state, target, lambda: story.now, lambda _: Identity(Origin.MEMBER, Role.RESPONDER))
        assert tickets.offered
        assert tickets.open(again("Box"), ANA, NOW) == "A ticket for a lasting mend of Box is written."
        story.look()
        said = tickets.open(again("Box", "Summary"), ANA, NOW)
        assert said == "A ticket for a lasting mend of Summary is written; of Box was written this week already."
        site.fault = "taken, then reset"
        story.fast_forward(3)
        site.fault = ""
        story.fast_forward(10)
        settled()
        assert titles(site.listed) == ["Lasting mend of Box", "Lasting mend of Summary"]
        first = next(each.method for each in site.requests)
        assert first == "GET", "its label is looked for before it is made"
        assert all("fireline" in each["fields"]["labels"] for each in site.listed)
        later = NOW + timedelta(days=7)
        assert "Summary and Box" not in tickets.open(again("Box", "Summary"), ANA, later)
        story.fast_forward(3)
        assert len(site.listed) == 4
        described = json.dumps(site.listed[0]["fields"]["description"])
        assert "Asked for by Ana" in described
