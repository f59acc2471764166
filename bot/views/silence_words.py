"""Silences and windows, in words: the same for Slack and the terminal."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.counts import plural
from bot.domain.gate.silences import OFFERED, Kind, Silence, SilencePreview, Standing
from bot.domain.incidents.incident import Incident
from bot.domain.platform.names import some_of
from bot.views.incident_words import Voice
from bot.views.numbers import span

MOST_NAMED = 6
NONE = {Kind.SILENCE: "Nothing is silenced.", Kind.WINDOW: "No window is planned."}
NOTHING = {Kind.SILENCE: "Nothing is silenced", Kind.WINDOW: "Nothing is planned"}
ONLY_HOLDS = (
    "Only messages and new pages are held: verdicts, health and what counts as a real failure stay as they are."
)
UPDATES = {
    Kind.SILENCE: "no more updates, but paging goes on",
    Kind.WINDOW: "no updates while the window holds, but paging goes on",
}


def preview(found: SilencePreview, voice: Voice) -> list[str]:
    """What it would hide, a sentence each; the first says what it is."""
    silence = found.silence
    asked = "Plan a window for" if silence.kind is Kind.WINDOW else "Silence"
    return [
        f"{asked} {_what(silence, voice)}?",
        f"Reason: {voice.data(silence.reason)}",
        f"Of the last 7 days it would have hidden {_hidden(found)}.",
        _critical(found),
        *_open(found),
        *([ONLY_HOLDS] if silence.kind is Kind.WINDOW else []),
        f"{NOTHING[silence.kind]} yet. It can be set until {voice.date(silence.previewed_at + OFFERED)}.",
    ]


def _what(silence: Silence, voice: Voice) -> str:
    """What it hides, and when."""
    begins = f" from {voice.date(silence.since)}" if silence.kind is Kind.WINDOW else ""
    return f"{voice.data(silence.what)}{begins} until {voice.date(silence.until)}"


def _hidden(found: SilencePreview) -> str:
    named = f" ({_names(found.incidents)})" if found.incidents else ""
    said = [
        f"{plural(len(found.incidents), 'incident')}{named}",
        f"{plural(found.delivered, 'notification')} delivered",
    ]
    if found.real is not None:
        said.append(f"{plural(found.real, 'real failure')}")
    return ", ".join(said)


def _critical(found: SilencePreview) -> str:
    hides_p0 = f"A {found.silence.kind} hides P0, too: nothing is posted and nobody is paged."
    if not found.critical:
        return f"None of them was a P0. {hides_p0}"
    return f"{len(found.critical)} of them P0: {_names(found.critical)}. {hides_p0}"


def _open(found: SilencePreview) -> list[str]:
    if not found.open:
        return []
    verb = "is" if len(found.open) == 1 else "are"
    return [f"{_names(found.open)} {verb} open: {UPDATES[found.silence.kind]} until somebody acknowledges."]


def _names(incidents: Sequence[Incident]) -> str:
    return some_of([each.label for each in incidents], MOST_NAMED)


def set_now(found: Standing, voice: Voice) -> str:
    silence = found.silence
    does = "plans a window for" if silence.kind is Kind.WINDOW else "silences"
    return (
        f"{voice.data(silence.by)} {does} {_what(silence, voice)}: "
        f"{voice.data(silence.reason)} (end it: `/{silence.kind} end {silence.id}`)"
    )


def ended(found: Standing, by: str, voice: Voice) -> str:
    """It has counted what it hid."""
    what = f"{found.silence.kind} of {voice.data(found.silence.what)}"
    return f"{voice.data(by)} ended the {what}. It hid {_findings(found)}."


def standing(found: Standing, now: datetime, voice: Voice) -> str:
    silence = found.silence
    left = f"{span(silence.until - now)} left" if silence.since <= now else f"in {span(silence.since - now)}"
    return (
        f"{silence.id}: {_what(silence, voice)} ({left}), by "
        f"{voice.data(silence.by)}: {voice.data(silence.reason)}. {_findings(found)} hidden"
    )


def _findings(found: Standing) -> str:
    return plural(found.hidden, "finding")
