"""Silences and windows as cards: the preview that is confirmed by a button, and those that hold."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.gate.silences import Kind, SilencePreview, Standing
from bot.views import action_ids, silence_words
from bot.views.blocks import Card, actions, button, context, section
from bot.views.incident import PLAIN, SLACK
from bot.views.text import escape

MOST_SHOWN = 20
SIGNS = {Kind.SILENCE: ":no_bell:", Kind.WINDOW: ":calendar:"}


def preview(found: SilencePreview) -> Card:
    head, *rest = silence_words.preview(found, SLACK)
    grave = bool(found.critical)
    does = "Plan it" if found.silence.kind is Kind.WINDOW else "Silence it"
    confirm = button(
        f"{does}, P0 too" if grave else does,
        action_ids.SILENCE_CONFIRM,
        found.silence.id,
        style="danger" if grave else "primary",
    )
    text = "\n".join(silence_words.preview(found, PLAIN))
    return Card(
        escape(text), (section(f"*{head}*"), section("\n".join(rest[:-1])), context(rest[-1]), actions([confirm]))
    )


def set_now(found: Standing) -> Card:
    said = [silence_words.set_now(found, voice) for voice in (PLAIN, SLACK)]
    return Card(escape(said[0]), (section(f"{SIGNS[found.silence.kind]} {said[1]}"),))


def ended(found: Standing, by: str) -> Card:
    said = [silence_words.ended(found, by, voice) for voice in (PLAIN, SLACK)]
    return Card(escape(said[0]), (section(f":bell: {said[1]}"),))


def listed(found: Sequence[Standing], now: datetime, kind: Kind = Kind.SILENCE) -> Card:
    if not found:
        return Card(silence_words.NONE[kind], (section(silence_words.NONE[kind]),))
    shown = found[:MOST_SHOWN]
    more = [f"and {len(found) - MOST_SHOWN} more"] if len(found) > MOST_SHOWN else []
    plain = [*(f"{silence_words.standing(each, now, PLAIN)}." for each in shown), *more]
    marked = [*(f"{silence_words.standing(each, now, SLACK)}." for each in shown), *more]
    return Card(escape("\n".join(plain)), tuple(section(line) for line in marked))
