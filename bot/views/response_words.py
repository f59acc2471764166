"""Who has an incident and what comes next, in one line."""

from datetime import datetime

from bot.domain.incidents.response import ResponseState
from bot.domain.incidents.standing import Coming, Standing
from bot.views.incident_words import Voice


def line(standing: Standing | None, now: datetime, voice: Voice) -> str:
    """ "" where there is nothing to say: it is over, or nobody is paged."""
    if standing is None:
        return ""
    response, coming = standing.response, standing.coming
    match response.state:
        case ResponseState.OPEN:
            return f"Next: {_coming(coming, now, voice)}{_unfilled(standing, voice)}" if coming else ""
        case ResponseState.EXHAUSTED:
            again = f"; next: {_coming(coming, now, voice)}" if coming else ""
            return f"Nobody answered{again}{_unfilled(standing, voice)}"
        case ResponseState.ACKNOWLEDGED:
            until = f" until {voice.clock(response.owned_until, now)}" if response.owned_until is not None else ""
            return f"{voice.person(response.owner)} has it{until}"
        case ResponseState.MITIGATED:
            return f"Mitigated by {voice.person(response.owner)}; watched until data is right"
        case ResponseState.RESOLVED:
            return f"Resolved by {voice.person(response.resolved_by)}" if response.resolved_by else ""


def _unfilled(standing: Standing, voice: Voice) -> str:
    """Whom a ladder cannot page, as it would be nobody."""
    return f"; nobody is {voice.data(' or '.join(standing.unfilled))}" if standing.unfilled else ""


def _coming(coming: tuple[Coming, ...], now: datetime, voice: Voice) -> str:
    return ", then ".join(_one(each, now, voice) for each in coming)


def _one(each: Coming, now: datetime, voice: Voice) -> str:
    names = " and ".join(map(voice.person, each.people)) or "the team is told"
    return f"{names} now" if each.at <= now else f"{names} at {voice.clock(each.at, now)}"
