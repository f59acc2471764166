"""The page behind a link of a page: what it is about, and one button. Opening it changes nothing."""

from datetime import datetime
from html import escape

from bot.domain.grants import asked_about
from bot.domain.incidents.response import PAGING, ResponseState
from bot.domain.incidents.standing import Overview
from bot.views import response_words
from bot.views.incident import PLAIN
from bot.views.text import visible

STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "button{font:inherit;font-weight:600;width:100%;padding:.8rem;border:0;border-radius:.5rem;background:#7A1F1F;"
    "color:#fff}"
)
ABOUT = "about"
"""With it the button says whose it was when they were asked."""
TAKEABLE = PAGING | {ResponseState.ACKNOWLEDGED}


def asked(found: Overview, person: str, now: datetime) -> str:
    """Before: the button says who would have it."""
    incident, state = found.incident, found.state
    said = [_heading(found), _paragraph(incident.headline.explanation), _paragraph(_standing(found, now))]
    if state in TAKEABLE and found.standing is not None:
        asked = f'<form method="post" action="?{ABOUT}={asked_about(found.standing.response)}">'
        said.append(f"{asked}<button>Acknowledge {incident.label} as {_shown(person)}</button></form>")
    return _page(incident.label, said)


def taken(found: Overview, now: datetime) -> str:
    """After."""
    return _page(found.incident.label, [_heading(found), _paragraph(_standing(found, now))])


def refused(why: str) -> str:
    how = "Acknowledge it in Slack, or with fireline incident ack."
    return _page("Not acknowledged", ["<h1>Not acknowledged</h1>", _paragraph(why), _paragraph(how)])


def _heading(found: Overview) -> str:
    return f"<h1>{found.severity} {found.incident.label}</h1>"


def _standing(found: Overview, now: datetime) -> str:
    line = response_words.line(found.standing, now, PLAIN)
    return f"It is {found.state}. {line}".rstrip() + ("." if line else "")


def _paragraph(text: str) -> str:
    return f"<p>{_shown(text)}</p>"


def _shown(text: str) -> str:
    return escape(visible(text))


def _page(title: str, body: list[str]) -> str:
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{_shown(title)}</title><style>{STYLE}</style></head>"
    )
    return f"{head}<body>{''.join(body)}</body></html>"
