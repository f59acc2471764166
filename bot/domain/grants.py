"""What stands behind a button that changes something: of what a message says only the id of a grant is believed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.domain.access import Act
from bot.domain.incidents.response import PAGING, Response, ResponseState

KEPT = timedelta(days=90)
"""A button older than that says that it is of an older message, unless its episode goes on."""
_OWNED = frozenset({ResponseState.ACKNOWLEDGED, ResponseState.MITIGATED})
_OFFERED = {
    Act.ACKNOWLEDGE: PAGING,
    Act.MITIGATE: frozenset({ResponseState.ACKNOWLEDGED}),
    Act.HAND_OVER: _OWNED,
    Act.RESOLVE: _OWNED,
    Act.REOPEN: frozenset({ResponseState.RESOLVED}),
    Act.SEVERITY: frozenset(ResponseState) - {ResponseState.RESOLVED},
    Act.RUNBOOK: frozenset(ResponseState) - {ResponseState.RESOLVED},
}
"""The states in which a card has the button."""


@dataclass(frozen=True)
class Grant:
    """`act` on the incident while it is in that episode. `id` is random, and says nothing."""

    id: str
    incident: str
    episode: int
    act: Act
    made_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.made_at + KEPT


def begins(response: Response) -> bool:
    """Does an episode begin with it? Then there is one grant for each act."""
    return response.cycle == 1 and response.step == 0 and response.state is ResponseState.OPEN


def is_offered(act: Act, response: Response, name: str) -> bool:
    """Has the card of now that button? Whoever has it holds it on with the button that they took it by."""
    holds_on = act is Act.ACKNOWLEDGE and response.owner == name and response.state is ResponseState.ACKNOWLEDGED
    return holds_on or response.state in _OFFERED.get(act, frozenset())


def asked_about(response: Response) -> str:
    """What a question whether somebody takes it over is about, as its button has it: whose it is, and how grave, in
    which episode. It says nothing, and allows nothing: where it is not the same any more, it is asked anew.
    """
    about = (response.incident, response.episode, response.severity.name, response.owner or "")
    return sha256(repr(about).encode()).hexdigest()[:20]
