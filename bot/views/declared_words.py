"""What somebody is told who declares an incident or pages a person: who will be paged, and what became of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.delivery import Act, Queued
from bot.domain.escalation.simulation import SimulatedStep
from bot.domain.incidents.standing import Overview
from bot.views import page_words, response_words
from bot.views.incident_words import Voice

MOST_STEPS = 4
NOBODY = "Nobody is paged at this severity."


def will_be_paged(steps: Sequence[SimulatedStep], now: datetime, voice: Voice) -> list[str]:
    """Who would be paged by what and when, if nobody acknowledges it: a line a step."""
    told = [each for each in steps if each.number]
    lines = [f"{_when(each.at, now)}: {'; '.join(_step(each, voice))}" for each in told[:MOST_STEPS]]
    more = [f"and {len(told) - MOST_STEPS} more steps"] if len(told) > MOST_STEPS else []
    return [*lines, *more] or [NOBODY]


def _when(at: datetime, now: datetime) -> str:
    minutes = round((at - now).total_seconds() / 60)
    return f"in {minutes} min" if minutes > 0 else "at once"


def _step(step: SimulatedStep, voice: Voice) -> Iterator[str]:
    for person in dict.fromkeys(person for person, _ in step.ways):
        ways = " and ".join(way for name, way in step.ways if name == person)
        yield f"{voice.person(person)} by {ways}"
    yield from map(voice.data, step.unreached)


def opened(found: Overview, pages: Sequence[Queued], now: datetime, voice: Voice) -> list[str]:
    """Its number and title, what comes next, and what has become of each page so far."""
    incident, following = found.incident, response_words.line(found.standing, now, voice)
    triggers = [each for each in pages if each.page.act is Act.TRIGGER]
    return [
        voice.data(f"{incident.label} {found.severity}: {incident.headline.explanation}"),
        *([f"{following}."] if following else []),
        *(shown(each, voice) for each in triggers),
        *([] if triggers else ["Nobody was paged so far."]),
    ]


def shown(queued: Queued, voice: Voice) -> str:
    """To whom a page goes, by what, and what has become of it."""
    return f"{voice.person(queued.page.person)} by {queued.page.channel}: {voice.data(page_words.shown(queued))}"
