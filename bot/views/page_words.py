"""What a page says, as plain text: a phone reads it out, a mail shows it."""

from bot.domain.delivery import Act, Queued
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from bot.domain.incidents.response import Response
from bot.views import incident as cards
from bot.views import incident_words


def wording(
    incident: Incident, response: Response, queued: Queued, notice: Notice | None, link: str = ""
) -> tuple[str, str]:
    """The title in one line, and the text. `notice` None: the incident has not been announced. `link` acknowledges."""
    name = incident.headline.explanation if notice is None else incident_words.title(notice)
    how = f"Acknowledge: in Slack, or `/incident {incident.label} ack`, or `fireline incident ack {incident.label}`."
    if link:
        how = f"Acknowledge: {link} or `/incident {incident.label} ack` in Slack."
    if queued.page.act is Act.ASK:
        title = f"Still working on {incident.label}?"
        return title, f"{title} {name}. Your acknowledgement is about to expire. {how}"
    title = f"{response.severity} {incident.label}: {name}"
    said = [] if notice is None else cards.plain_lines(notice)[1:]
    return title, "\n".join([title, *said, how])
