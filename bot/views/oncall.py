"""Who is on call, as a card; the form that asks for a cover, and the request itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.counts import plural
from bot.domain.oncall.covers import Cover, CoverState, Wanted, state_at
from bot.domain.oncall.overview import Overview, Turn
from bot.domain.oncall.schedule import Person, Schedule
from bot.views import action_ids, oncall_words
from bot.views.blocks import (
    Block,
    Card,
    Element,
    actions,
    button,
    context,
    field,
    header,
    modal,
    option,
    plain,
    section,
)
from bot.views.health import date_token
from bot.views.text import escape

MOST_GAPS = 3
MOST_REASON = 300
ROTA, PERSON, SINCE, UNTIL, REASON = "rota", "person", "since", "until", "reason"
"""Ids of the form's blocks; what is entered has the same."""


def card(found: Overview) -> Card:
    """Names are no mentions: a question wakes nobody."""
    texts, blocks = ["On call"], [header("On call")]
    for turn in found.turns:
        texts.append(_plain_turn(turn, found.schedule))
        blocks.append(section(_turn(turn)))
    for gap in found.gaps[:MOST_GAPS]:
        texts.append(f"{oncall_words.gap(gap, found.schedule.zone, found.at)}.")
    if len(found.gaps) > MOST_GAPS:
        texts.append(_more_gaps(found))
    if found.gaps:
        blocks.append(section("\n".join(_gaps(found))))
    for cover in found.covers:
        state = oncall_words.state(cover, found.at)
        texts.append(f"{oncall_words.request(cover)}, {_plain_span(cover, found.schedule)}: {state}.")
        blocks.append(context(f"{escape(oncall_words.request(cover))}, {_span(cover)}: {state}"))
    blocks.append(actions([button("Ask for a cover", action_ids.ONCALL_ASK, "ask")]))
    return Card("\n".join(map(escape, texts)), tuple(blocks))


def line(turns: Sequence[Turn]) -> str:
    """Everybody who is on call, in one line of markup."""
    said = []
    for turn in turns:
        until = f" until {date_token(turn.shift.until)}" if turn.shift.until is not None else ""
        said.append(f"{escape(turn.shift.person or oncall_words.NOBODY)} ({escape(turn.shift.rota)}){until}")
    return f"On call: {', '.join(said)}"


def _turn(turn: Turn) -> str:
    shift, following = turn.shift, turn.following
    who = f"*{escape(shift.person or oncall_words.NOBODY)}*"
    until = f" until {date_token(shift.until)}" if shift.until is not None else ""
    then = f", then {escape(following.person or oncall_words.NOBODY)}" if following is not None else ""
    why = oncall_words.why(shift)
    return f"{escape(shift.rota)}: {who}{until}{then}" + (f"\n_{escape(why)}_" if why else "")


def _plain_turn(turn: Turn, schedule: Schedule) -> str:
    shift, following = turn.shift, turn.following
    until = f" until {oncall_words.wall(shift.until, schedule.zone)}" if shift.until is not None else ""
    then = f", then {following.person or oncall_words.NOBODY}" if following is not None else ""
    why = oncall_words.why(shift)
    return f"{shift.rota}: {shift.person or oncall_words.NOBODY}{until}{then}" + (f" ({why})" if why else "") + "."


def _gaps(found: Overview) -> list[str]:
    lines = []
    for gap in found.gaps[:MOST_GAPS]:
        end = f"to {date_token(gap.until)}" if gap.until is not None else "with no end in sight"
        lines.append(f":warning: Nobody is {escape(gap.rota)} from {date_token(gap.since or found.at)} {end}")
    return lines if len(found.gaps) <= MOST_GAPS else [*lines, _more_gaps(found)]


def _more_gaps(found: Overview) -> str:
    return f"and {plural(len(found.gaps) - MOST_GAPS, 'more gap')} in the next 60 days"


def _span(cover: Cover) -> str:
    """Each reader sees it in their own time zone."""
    return f"{date_token(cover.since)} to {date_token(cover.until)}"


def _plain_span(cover: Cover, schedule: Schedule) -> str:
    return f"{oncall_words.wall(cover.since, schedule.zone)} to {oncall_words.wall(cover.until, schedule.zone)}"


def form(schedule: Schedule, now: datetime, typed: Wanted | None = None) -> dict[str, Any]:
    """The modal that asks for a cover. `typed`: what it is filled with."""
    rotas = [option(rota.name, rota.name) for rota in schedule.rotas]
    begin = int((now + timedelta(hours=1)).timestamp()) // 3600 * 3600
    end = begin + 8 * 3600
    picked: Element = {"type": "static_select", "action_id": ROTA, "options": rotas, "initial_option": rotas[0]}
    person: Element = {"type": "users_select", "action_id": PERSON}
    reason: Element = {"type": "plain_text_input", "action_id": REASON, "max_length": MOST_REASON}
    if typed is not None:
        picked["initial_option"], person["initial_user"] = option(typed.rota, typed.rota), typed.person
        begin, end = int(typed.since.timestamp()), int(typed.until.timestamp())
        reason |= {"initial_value": typed.reason} if typed.reason else {}
    view = modal(
        "Ask for a cover",
        [
            field(ROTA, "Whose turn", picked),
            field(PERSON, "Who covers", person),
            field(SINCE, "From", {"type": "datetimepicker", "action_id": SINCE, "initial_date_time": begin}),
            field(UNTIL, "Until", {"type": "datetimepicker", "action_id": UNTIL, "initial_date_time": end}),
            {**field(REASON, "Reason", reason), "optional": True},
            context("Times are of your own clock. The turn stays with you until it is accepted."),
        ],
    )
    return {
        **view,
        "callback_id": action_ids.ONCALL_REQUEST,
        "submit": plain("Ask", 24),
        "close": plain("Cancel", 24),
    }


def request(cover: Cover, people: Sequence[Person], schedule: Schedule, now: datetime) -> Card:
    """What the person who is asked gets, with the time in both people's zones; answered, it says how."""
    state, both = state_at(cover, now), " / ".join(dict.fromkeys(_in_zone(cover, each) for each in people))
    title = f"{oncall_words.request(cover)}, {oncall_words.contents(cover, schedule.zone)}"
    reason = f" Reason: {cover.reason}" if cover.reason else ""
    stays = f"{cover.asked_by} stays on call until it is accepted."
    text = f"{title}: {both}.{reason} {stays if state is CoverState.ASKED else f'It is {state}.'}"
    blocks: list[Block] = [section(f"*{escape(title)}*\n{_span(cover)}"), context(escape(f"{both}.{reason}"))]
    if state is CoverState.ASKED:
        accept = button("Accept", action_ids.ONCALL_ACCEPT, cover.id, style="primary")
        decline = button("Decline", action_ids.ONCALL_DECLINE, cover.id)
        blocks += [context(escape(stays)), actions([accept, decline])]
    else:
        blocks.append(section(f"It is *{state}*."))
    return Card(escape(text), tuple(blocks))


def _in_zone(cover: Cover, person: Person) -> str:
    return f"{oncall_words.wall(cover.since, person.zone)} to {oncall_words.wall(cover.until, person.zone)}"


def asked(cover: Cover, schedule: Schedule, reached: str) -> Card:
    """To whoever asked. `reached` "": the request was posted; else why it was not."""
    title = f"{oncall_words.request(cover)}, {_plain_span(cover, schedule)}"
    refused = f"Slack did not take the message to {cover.person} ({reached}): call them."
    said = refused if reached else f"{cover.person} was asked directly."
    stays = f"The turn stays with {cover.asked_by} until it is accepted."
    withdraw = button("Withdraw", action_ids.ONCALL_WITHDRAW, cover.id)
    shown = section(f"*{escape(oncall_words.request(cover))}*\n{_span(cover)}\n{escape(said)} {escape(stays)}")
    return Card(escape(f"{title}. {said} {stays}"), (shown, actions([withdraw])))


def outcome(cover: Cover, schedule: Schedule, now: datetime, has: Sequence[str] = ()) -> Card:
    """What has become of a request. `has`: whose turn it is then ("": nobody's), where that has changed."""
    state = oncall_words.state(cover, now)
    whose = f" The turn is with {' and '.join(name or oncall_words.NOBODY for name in has)}." if has else ""
    text = f"{oncall_words.request(cover)}, {_plain_span(cover, schedule)}: {state}.{whose}"
    shown = f"{escape(oncall_words.request(cover))}, {_span(cover)}: *{state}*{escape(whose)}"
    blocks: list[Block] = [section(shown)]
    if state_at(cover, now) is CoverState.ACCEPTED:
        blocks.append(actions([button("Withdraw", action_ids.ONCALL_WITHDRAW, cover.id)]))
    return Card(escape(text), tuple(blocks))


def put(cover: Cover, taken: Sequence[str], people: Sequence[Person]) -> Card:
    """To those whom an override concerns, with the time in the zones of all of them. `taken`: whose turns."""
    return _put(cover, taken, people, "")


def put_by(cover: Cover, taken: Sequence[str], people: Sequence[Person], untold: Sequence[str]) -> Card:
    """The same to whoever set it. `untold`: to whom Slack did not take the message."""
    call = f" Slack did not take the message to {' and '.join(untold)}: call them." if untold else ""
    card = _put(cover, taken, people, call)
    withdraw = actions([button("Withdraw", action_ids.ONCALL_WITHDRAW, cover.id)])
    return Card(card.text, (*card.blocks, withdraw))


def _put(cover: Cover, taken: Sequence[str], people: Sequence[Person], call: str) -> Card:
    title, reason = oncall_words.request(cover), f" Reason: {cover.reason}" if cover.reason else ""
    instead = f"instead of {' and '.join(taken)}" if taken else "where nobody had the turn"
    both = " / ".join(dict.fromkeys(_in_zone(cover, each) for each in people))
    shown = section(f"*{escape(title)}*, {escape(instead)}\n{_span(cover)}")
    return Card(
        escape(f"{title}, {instead}: {both}.{call}{reason}"), (shown, context(escape(f"{both}.{call}{reason}")))
    )
