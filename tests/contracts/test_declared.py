"""What a person declares is an incident like any other, on every state: it pages, is taken, and ends by a person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.errors import BadInput
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.declared import Wanted
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Outcome, Reason
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.figures import episodes
from bot.domain.incidents.incident import IncidentState
from bot.domain.incidents.response import ResponseState
from bot.domain.incidents.timeline import EntryKind
from bot.domain.oncall.schedule import Person, Schedule
from bot.domain.oncall.whom import Whom, whom
from bot.services.access import NotAllowed
from bot.services.declaring import DeclaringService, Paging
from tests.contracts.states import KINDS, opened
from tests.support.gate_story import REGISTRY, START, finding
from tests.support.pager import FakePager, PagedStory, person
from tests.support.rotas import PLAN

ANA, CHRIS = person("Ana"), person("Chris")
"""Chris has the turn of START."""
WRONG = Wanted(title="Predictions look wrong", severity=Severity.P0)


class Declared(PagedStory):
    """A story in which people declare incidents, too."""

    identity = Identity(Origin.MEMBER, Role.RESPONDER)

    def declare(self, wanted: Wanted = WRONG, who: Actor = ANA, key: str = "V1") -> str:
        """Its label."""
        return self.declaring.declare(wanted, who, self.now, key=key).label

    @property
    def declaring(self) -> DeclaringService:
        paging = Paging(EscalationPolicy(), self.paging.target)
        return DeclaringService(self.state, lambda _: PLAN, paging, REGISTRY.by_name, lambda _: self.identity)


@pytest.fixture(params=KINDS)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Declared]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield Declared(START, state=again())


def test_it_has_a_number_at_once_and_pages_by_the_policy(story: Declared) -> None:
    assert story.declare() == "INC-1"
    [said] = story.state.unsaid()
    assert (said.decision.outcome, said.decision.reason) == (Outcome.ANNOUNCE, Reason.DECLARED)
    story.look()
    assert story.paged() == [("Chris", "slack"), ("Chris", "voice")]
    [entry] = [each for each in story.state.timeline(story.incident.id) if each.kind is EntryKind.OPENED]
    assert entry.text == "Ana declared it as P0: Predictions look wrong"
    assert entry.actor == ANA.key
    [link] = [each for each in story.state.audit_of(f"incident:{story.incident.id}") if each.record.act == "opened"]
    assert link.record.actor == ANA.key


def test_the_same_form_sent_twice_is_one_incident(story: Declared) -> None:
    assert [story.declare(), story.declare(replace(WRONG, title="again")), story.declare(key="V2")] == [
        "INC-1",
        "INC-1",
        "INC-2",
    ]
    assert len(story.state.unsaid()) == 2


def test_it_holds_until_a_person_resolves_it(story: Declared) -> None:
    story.declare()
    story.fast_forward(minutes=90, step_s=60)
    assert story.incident.is_open
    story.responses.acknowledge(story.incident, CHRIS, story.now)
    story.paged()
    resolved = story.responses.resolve(story.incident, CHRIS, story.now)
    assert (resolved.state, resolved.resolved_by) == (ResponseState.RESOLVED, "Chris")
    name = story.incident.id
    story.fast_forward(minutes=2, step_s=60)
    found = story.state.incident(name)
    assert found is not None
    assert found.state is IncidentState.RESOLVED
    assert story.state.history(name)[-1].reason is Reason.CLOSED
    assert [each.kind for each in story.state.timeline(name)].count(EntryKind.RESOLVED) == 1
    assert story.paged() == []
    [episode] = episodes(found, story.state.timeline(name))
    assert episode.resolved_at is not None


def test_it_can_be_reopened_and_resolved_again(story: Declared) -> None:
    story.declare()
    found = story.incident
    story.responses.resolve(found, CHRIS, story.now)
    story.fast_forward(minutes=2, step_s=60)
    closed = story.state.incident(found.id)
    assert closed is not None
    story.responses.reopen(closed, CHRIS, "it is back", story.now)
    story.fast_forward(minutes=1, step_s=60)
    assert {channel for _, channel in story.paged()} == {"slack", "voice"}
    story.responses.resolve(closed, CHRIS, story.now)
    story.fast_forward(minutes=45, step_s=60)
    assert story.paged() == []


def test_nothing_hides_it_and_it_hides_nothing(story: Declared) -> None:
    until = START + timedelta(days=1)
    story.state.add_silence(
        Silence(id="s1", processor="Gamebook", since=START, until=until, reason="migration", by="Ana")
    )
    story.declare(replace(WRONG, processors=("Gamebook", "Boxscores")))
    story.held = [finding("Boxscores", severity="P0"), finding("Gamebook")]
    story.fast_forward(minutes=3, step_s=60)
    opened_ = story.state.open_incidents()
    assert sorted(each.kind for each in opened_) == [FindingKind.DECLARED, FindingKind.ZERO_RECORDS_PROCESSOR]


def test_a_tick_that_read_before_it_is_decided_again(story: Declared) -> None:
    before = story.state.remembered(story.now, timedelta(days=1))
    story.declare()
    assert story.state.remembered(story.now, timedelta(days=1)).version == before.version + 1
    assert story.state.first_tick() is None


def test_whoever_is_named_is_paged_first(story: Declared) -> None:
    story.declare(replace(WRONG, page="@dana"))
    story.look()
    assert story.paged() == [("Dana", "slack"), ("Dana", "voice")]
    standing = story.responses.standing(story.incident.id, story.now)
    assert standing is not None
    assert [each.people for each in standing.coming] == [("Chris",), ("Ben",)]
    story.fast_forward(minutes=4)
    assert story.paged() == []
    story.fast_forward(minutes=1)
    assert story.paged() == [("Chris", "slack"), ("Chris", "voice")]
    dana = person("Dana")
    assert story.responses.acknowledge(story.incident, dana, story.now).owner == "Dana"


def test_a_mention_of_slack_and_a_rota_name_whom_to_page(story: Declared) -> None:
    story.declare(Wanted(title="a", page="<@U04PRIYA|priya>"), key="V1")
    story.declare(Wanted(title="b", page="Manager"), key="V2")
    story.look()
    assert story.paged() == [("Dana", "slack"), ("Dana", "slack")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "  "}, "Say in one line what is wrong"),
        ({"title": "x" * 151}, "151 characters long. Write 150 at most"),
        ({"severity": Severity.P3}, "P3 has no message and pages nobody. Write P0, P1 or P2"),
        ({"processors": ("Gamebok",)}, "There is no processor 'Gamebok'. Did you mean Gamebook"),
        ({"page": "anna"}, "'anna' is no person and no rota of oncall.yaml. Did you mean Ana"),
        ({"page": "chris lee"}, "is no person and no rota"),
        ({"page": "<@U99>"}, "<@U99> is not among the people of oncall.yaml"),
        ({"because": "x" * 301}, "The reason is 301 characters long"),
    ],
)
def test_what_makes_no_sense_opens_nothing(changes: dict[str, object], said: str) -> None:
    story = Declared(START)
    with pytest.raises(BadInput, match=said):
        story.declare(replace(WRONG, **changes))  # type: ignore[arg-type]
    assert story.state.open_incidents() == []


def test_a_viewer_declares_nothing() -> None:
    story = Declared(START)
    story.identity = Identity(Origin.MEMBER, Role.VIEWER, named=True)
    with pytest.raises(NotAllowed, match="You are a viewer: a responder can declare an incident or page somebody"):
        story.declare()
    assert story.state.open_incidents() == []


def test_secrets_and_line_breaks_do_not_get_into_it() -> None:
    story = Declared(START)
    story.declare(Wanted(title="login fails:\npassword=hunter2hunter2", because="token: xoxb-1234567890-abcdef"))
    assert "hunter2" not in str(story.incident)
    assert "xoxb" not in str(story.incident)
    assert "\n" not in story.incident.headline.explanation


def test_the_auditor_finds_nothing_undone() -> None:
    story = Declared(START)
    story.declare()
    story.fast_forward(minutes=31)
    story.auditor().audit()


def test_what_reaches_nobody_says_so_before_and_after() -> None:
    story = Declared(START, FakePager("slack", reaches=frozenset()))
    steps = story.declaring.preview(replace(WRONG, page="Dana"), story.now)
    assert steps[0].unreached == ("Dana cannot be reached by slack or voice",)


def test_a_word_of_a_name_that_nobody_else_has_will_do() -> None:
    people = [Person(name=name, zone=PLAN.zone) for name in ("Ana Lee", "Ana Ruiz", "Ben Ruiz")]
    plan = Schedule(zone=PLAN.zone, people=tuple(people), rotas=())
    assert whom(plan, "@ben") == Whom(person="Ben Ruiz")
    assert whom(plan, "ana lee") == Whom(person="Ana Lee")
    with pytest.raises(BadInput, match=r"'ana' may be Ana Lee or Ana Ruiz\. Write the whole name"):
        whom(plan, "ana")


def test_what_is_only_written_down_and_is_not_set_up_is_no_step() -> None:
    story = Declared(START)
    steps = story.declaring.preview(replace(WRONG, severity=Severity.P1, page="Dana"), story.now)
    assert [way for each in steps for way in each.ways] == [("Dana", "slack"), ("Chris", "slack"), ("Ben", "slack")]
