"""Who may do what. Decided when it is asked for, from what is stored and who asks, never from what a message says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from bot.domain.incidents.response import Response, ResponseState


class Role(IntEnum):
    """Each may do what those before it may."""

    VIEWER = 0
    RESPONDER = 1
    APPROVER = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @property
    def with_article(self) -> str:
        return f"{'an' if self.word.startswith('a') else 'a'} {self.word}"


class Way(StrEnum):
    """By what somebody asks for a change."""

    SLACK = "slack"
    TERMINAL = "terminal"
    PAGER = "pager"
    LINK = "link"


class Origin(StrEnum):
    """What somebody is to this team."""

    MEMBER = "a member of this workspace"
    GUEST = "a guest of this workspace"
    DEACTIVATED = "a deactivated account"
    BOT = "a bot"
    ELSEWHERE = "a member of another workspace"
    UNKNOWN = "not known"
    TERMINAL = "at the machine itself"
    PAGER = "known to the pager alone"
    LINK = "known by a signed link alone"


class Act(StrEnum):
    """What changes an incident's response, in words."""

    ACKNOWLEDGE = "acknowledge"
    MITIGATE = "call mitigated"
    HAND_OVER = "hand over"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SEVERITY = "set the severity of"
    NOTE = "add to the timeline of"
    RUNBOOK = "run a runbook for"


NEEDS = {
    Act.ACKNOWLEDGE: Role.RESPONDER,
    Act.MITIGATE: Role.RESPONDER,
    Act.HAND_OVER: Role.RESPONDER,
    Act.RESOLVE: Role.RESPONDER,
    Act.REOPEN: Role.RESPONDER,
    Act.SEVERITY: Role.RESPONDER,
    Act.NOTE: Role.RESPONDER,
    Act.RUNBOOK: Role.RESPONDER,
}
STOPS_PAGES = frozenset({Act.ACKNOWLEDGE, Act.MITIGATE, Act.HAND_OVER, Act.RESOLVE})
"""After such an act nobody is paged, or another person is."""
STRANGERS = frozenset({Origin.GUEST, Origin.DEACTIVATED, Origin.BOT, Origin.ELSEWHERE})
BY_PAGES = frozenset({Origin.PAGER, Origin.LINK})


@dataclass(frozen=True)
class Actor:
    """Who asks for a change: `name` as the schedule calls them, else the id. `id` is that of Slack, of the operating
    system or of a pager.
    """

    id: str
    name: str
    way: Way = Way.SLACK

    @property
    def key(self) -> str:
        """How the record calls them."""
        return f"{self.way}:{self.id}"


@dataclass(frozen=True)
class Identity:
    """`named`: the team's own file gives that person the role, or a group of theirs. `why_unknown` in words."""

    origin: Origin
    role: Role = Role.VIEWER
    named: bool = False
    why_unknown: str = ""


@dataclass(frozen=True)
class AccessPolicy:
    """`roles` by the id of a Slack user or user group; `default` is that of every other member."""

    default: Role = Role.RESPONDER
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def approves(self) -> Role:
        """Who can be the second person: an approver; where nobody is named as one, whoever can start it."""
        named = any(role >= Role.APPROVER for role in self.roles.values())
        return Role.APPROVER if named or self.default >= Role.APPROVER else Role.RESPONDER


@dataclass(frozen=True)
class Part:
    """What somebody has to do with a response: was `paged` for this episode, is `on_turn` in one of its rotas now, has
    it. `others` are paged now or next.
    """

    paged: bool = False
    on_turn: bool = False
    has_it: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowed:
    because: str


@dataclass(frozen=True)
class Ask:
    """It may be done, if that is meant: it stops the pages to those `stops` names, or takes it from `owner`."""

    stops: tuple[str, ...]
    owner: str


@dataclass(frozen=True)
class Refused:
    because: str


Answer = Allowed | Ask | Refused


def by_part(act: Act, part: Part) -> Allowed | None:
    """What somebody may do because of their part in it, whoever they are; None: it has to be known who it is."""
    if part.paged and act is Act.ACKNOWLEDGE:
        return Allowed("was paged for it")
    if part.paged or part.on_turn or part.has_it:
        return Allowed("was paged, is on call or has it")
    return None


def may(act: Act, who: Identity, part: Part, response: Response, *, meant: bool = False) -> Answer:
    """`meant`: whoever asks knows that it takes something from others."""
    if who.origin is Origin.PAGER and act is Act.ACKNOWLEDGE:
        return Allowed("the pager has reached them")  # it knows for itself whom it woke
    if who.origin in BY_PAGES:
        known = by_part(act, part) if act is Act.ACKNOWLEDGE else None
        return known or Refused("That way only acknowledges, for whoever was paged.")
    known = by_part(act, part)
    if known is not None:
        return known
    if who.origin is Origin.UNKNOWN:
        return Refused(f"I cannot tell who you are: {who.why_unknown}. Whoever was paged can acknowledge all the same.")
    refused = refused_by_role(who, NEEDS[act], f"{act} an incident")
    if refused is not None:
        return refused
    if who.named or meant or not _takes(act, response):
        return Allowed(f"is a {who.role.word}")
    return Ask(part.others if _stops_pages(response) else (), response.owner)


def refused_by_role(who: Identity, needs: Role, what: str) -> Refused | None:
    """What concerns no incident of anybody is decided by the role alone; `what` in words."""
    if who.origin is Origin.UNKNOWN:
        return Refused(f"I cannot tell who you are: {who.why_unknown}.")
    if who.origin in STRANGERS:
        return Refused(f"You are {who.origin}: only members of the team's own workspace can {what}.")
    if who.role < needs:
        return Refused(f"You are a {who.role.word}: {needs.with_article} can {what} (access.yaml).")
    return None


def _takes(act: Act, response: Response) -> bool:
    """Does it stop pages to others, those too that begin again when an acknowledgement expires, or take it from whoever
    has it?
    """
    if act not in STOPS_PAGES:
        return _stops_pages(response)
    if act in (Act.ACKNOWLEDGE, Act.HAND_OVER):
        owned = response.owner != "" and response.state is not ResponseState.RESOLVED
        return _stops_pages(response) or owned
    held = response.state is ResponseState.ACKNOWLEDGED and response.ladder.wakes
    return _stops_pages(response) or held


def _stops_pages(response: Response) -> bool:
    """A ticket, or a name in the channel, is no page."""
    return response.pages and response.ladder.wakes


def without_slack(actor: Actor) -> Identity:
    """Who somebody is where Slack is not asked."""
    match actor.way:
        case Way.TERMINAL:
            return Identity(Origin.TERMINAL, Role.ADMIN)
        case Way.PAGER:
            return Identity(Origin.PAGER)
        case Way.LINK:
            return Identity(Origin.LINK)
        case Way.SLACK:
            return Identity(Origin.UNKNOWN, why_unknown="this process does not ask Slack")
