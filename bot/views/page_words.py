"""What a page says, as plain text: a phone reads it out, a mail shows it."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from bot.domain.delivery import Act, PageState, Queued
from bot.domain.escalation.bundles import Carried
from bot.domain.escalation.readiness import SLACK
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from bot.domain.incidents.response import Response
from bot.views import incident as cards
from bot.views import incident_words

MOST_NAMED = 10
HEARD = "voice"
"""The channel by which nobody can read a command."""


def shown(queued: Queued) -> str:
    """What has become of a page, in words that follow its channel."""
    match queued.state:
        case PageState.SENT:
            return "accepted"
        case PageState.SENDING:
            return "on its way"
        case PageState.REFUSED:
            return f"refused ({queued.reason})"
        case PageState.UNKNOWN:
            return f"nobody knows whether it arrived ({queued.reason})"
        case PageState.CARRIED:
            return "goes as a line of another page"
        case PageState.UNCLEAR:
            return f"nobody knows whether it arrived ({queued.reason}); it is looked for"
        case PageState.CANCELLED:
            return "not sent, it was not needed any more"
        case PageState.PENDING:
            return f"refused ({queued.reason}); it is tried again" if queued.reason else "waits to be sent"


def wording(
    incident: Incident,
    response: Response,
    queued: Queued,
    carried: Sequence[Carried],
    notice: Notice | None,
    link: str = "",
    zone: tzinfo = UTC,
) -> tuple[str, str]:
    """The title in one line, and the text, which names each of `carried`. `notice` None: the incident has not been
    announced. `link` acknowledges; `zone` is where the reader lives.
    """
    name = incident.headline.explanation if notice is None else incident_words.title(notice)
    here = "`ack` in a thread here" if queued.page.channel == SLACK else "in Slack"
    how = f"Acknowledge: {here}, or `/incident {incident.label} ack`, or `fireline incident ack {incident.label}`."
    if queued.page.channel == HEARD:
        how = "Acknowledge in Slack."
    elif link:
        how = f"Acknowledge: {link} or `/incident {incident.label} ack` in Slack."
    if queued.page.act is Act.ASK:
        title = f"Still working on {incident.label}?"
        return title, f"{title} {name}. Your acknowledgement is about to expire. {how}"
    title = f"{response.severity} {incident.label}: {name}"
    said = [] if notice is None else cards.plain_lines(notice, zone)[1:]
    if carried:
        title = f"{response.severity} {incident.label} and {len(carried)} more: {name}"
    return title, "\n".join([title, *said, *_more(carried), how])


def unanswered(incident: Incident, response: Response, now: datetime, zone: tzinfo = UTC) -> str:
    """Of an incident whose ladder was taken whole, and nobody has answered."""
    title = f"{response.severity} {incident.label}: nobody has answered. {incident.headline.explanation}"
    after = "Nobody is paged again."
    if response.ladder.repeat is not None:
        after = f"Paging begins again at {(now + response.ladder.repeat).astimezone(zone):%H:%M %Z}."
    return f"{title}\nEvery step was taken. {after} Whoever can: `/incident {incident.label} ack`."


def _more(carried: Sequence[Carried]) -> list[str]:
    """What a person who was paged often is told in one page."""
    if not carried:
        return []
    lines = [f"{each.severity} {each.incident.label}: {each.incident.headline.explanation}" for each in carried]
    if len(lines) > MOST_NAMED:
        lines[MOST_NAMED:] = [f"and {len(lines) - MOST_NAMED} more: `/incident list`"]
    return [f"{len(carried)} more for you, each to be acknowledged by its number:", *lines]
