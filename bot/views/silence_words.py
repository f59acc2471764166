"""Silences, in words: the same for Slack and the terminal."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.counts import plural
from bot.domain.gate.silences import OFFERED, SilencePreview, Standing
from bot.domain.incidents.incident import Incident
from bot.domain.platform.names import some_of
from bot.views.incident_words import Voice
from bot.views.numbers import span

MOST_NAMED = 6
NONE = "Nothing is silenced."
HIDES_P0 = "A silence hides P0, too: nothing is posted and nobody is paged."


def preview(found: SilencePreview, voice: Voice) -> list[str]:
    """What it would hide, a sentence each; the first says what it is."""
    silence = found.silence
    until = voice.date(silence.until)
    return [
        f"Silence {voice.data(silence.what)} until {until}?",
        f"Reason: {voice.data(silence.reason)}",
        f"Of the last 7 days it would have hidden {_hidden(found)}.",
        _critical(found),
        *_open(found),
        f"Nothing is silenced yet. It can be set until {voice.date(silence.since + OFFERED)}.",
    ]


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
    if not found.critical:
        return f"None of them was a P0. {HIDES_P0}"
    return f"{len(found.critical)} of them P0: {_names(found.critical)}. {HIDES_P0}"


def _open(found: SilencePreview) -> list[str]:
    if not found.open:
        return []
    verb = "is" if len(found.open) == 1 else "are"
    return [f"{_names(found.open)} {verb} open: no more updates, but paging goes on until somebody acknowledges."]


def _names(incidents: Sequence[Incident]) -> str:
    return some_of([each.label for each in incidents], MOST_NAMED)


def set_now(found: Standing, voice: Voice) -> str:
    silence = found.silence
    return (
        f"{voice.data(silence.by)} silences {voice.data(silence.what)} until {voice.date(silence.until)}: "
        f"{voice.data(silence.reason)} (end it: `/silence end {silence.id}`)"
    )


def ended(found: Standing, by: str, voice: Voice) -> str:
    """It has counted what it hid."""
    return f"{voice.data(by)} ended the silence of {voice.data(found.silence.what)}. It hid {_findings(found)}."


def standing(found: Standing, now: datetime, voice: Voice) -> str:
    silence = found.silence
    left = span(silence.until - now)
    return (
        f"{silence.id}: {voice.data(silence.what)} until {voice.date(silence.until)} ({left} left), by "
        f"{voice.data(silence.by)}: {voice.data(silence.reason)}. {_findings(found)} hidden"
    )


def short(found: Sequence[Standing], voice: Voice) -> str:
    """All that hold, in one line."""
    said = [
        f"{voice.data(each.silence.what)} until {voice.date(each.silence.until)} ({_findings(each)} hidden)"
        for each in found
    ]
    return f"Silenced: {', '.join(said)}"


def _findings(found: Standing) -> str:
    return plural(found.hidden, "finding")
