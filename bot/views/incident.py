"""An incident as a message to be read in five seconds on a phone: what is wrong, the error, whom it blocks by when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from textwrap import wrap

from bot.domain.findings.severity import Severity
from bot.domain.incidents.feedback import Word
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from bot.views import action_ids, incident_buttons, incident_words, response_words
from bot.views.blocks import Block, Card, actions, button, context, feedback, section
from bot.views.incident_words import Voice
from bot.views.text import cut_words, escape, is_slack_id, mention

CIRCLES = {Severity.P0: "🔴", Severity.P1: "🟠", Severity.P2: "🟡", Severity.P3: "⚪"}
"""Always next to the word: colour is never the only signal."""
A_DAY = timedelta(hours=20)
MOST_BECAUSE, MOST_WORD = 60, 24
MOST_HIGH = 250
"""Pixels of a message on a phone that is 390 wide; the figures below are measured there."""
LINE, SMALL_LINE, BUTTONS, FEEDBACK = 22, 18, 60, 40
BOLD, NORMAL, CODE, SMALL = 31, 38, 44, 46
"""Characters of a line; errors are in code."""


def card(notice: Notice) -> Card:
    """The message of an incident as it is now. Where it would grow too high, the feedback goes first, then what else is
    wrong, then words of sentences and errors, then why it has its severity, and the next step only where names are so
    long that nothing else helps.
    """
    next_line = response_words.line(notice.standing, notice.now, PLAIN)
    quiet = notice.resolved or notice.watched
    step = "" if quiet else incident_words.step(notice.incident.headline)
    second = CODE if notice.incident.headline.error and not quiet else NORMAL
    small = {each: [_status(notice, PLAIN, each), *([next_line] if next_line else [])] for each in Detail}
    heights = {each: _height(_lines(notice, PLAIN, each), small[each], second) + LINE * bool(step) for each in Detail}
    detail = next((each for each in Detail if heights[each] <= MOST_HIGH), Detail.BARE)
    head, *rest = _lines(notice, SLACK, detail)
    shown = [f"*{step}*"] if step and heights[detail] <= MOST_HIGH else []
    first = section("\n".join([f"*{head}*", *rest, *shown]))
    following = [
        response_words.line(notice.standing, notice.now, voice) if next_line else "" for voice in (SLACK, TEXT)
    ]
    said = "\n".join(filter(None, (_status(notice, SLACK, detail), following[0])))
    blocks = [first, incident_buttons.row(notice), context(said)]
    text = "\n".join([*_lines(notice, PLAIN, Detail.ALL), *([f"{step}."] if step else []), _status(notice, PLAIN)])
    words = heights[detail] + FEEDBACK <= MOST_HIGH
    feedback_row = [_feedback(notice.incident)] if words else []
    return Card("\n".join(filter(None, (escape(text), following[1]))), (*blocks, *feedback_row))


class Detail(Enum):
    """How much is said, most first."""

    ALL = "all"
    WITHOUT_OTHERS = "without what else is wrong"
    SHORT = "and sentences cut short, the title to three lines"
    LEAST = "and the error in one line, the title in two, less of whose deadline it is"
    BARE = "and the severity without its reason"


_TITLE_ROWS = {Detail.SHORT: 3, Detail.LEAST: 2, Detail.BARE: 2}
_SENTENCES = {
    Detail.SHORT: incident_words.SHORT_SENTENCE,
    Detail.LEAST: incident_words.ONE_LINE,
    Detail.BARE: incident_words.ONE_LINE,
}


def _height(lines: Sequence[str], small: Sequence[str], second: int) -> int:
    """Pixels on a phone, without the next step and the feedback; `second`: characters of the second line."""
    widths = (BOLD, second, *(NORMAL for _ in lines[2:]))
    rows = sum(len(wrap(line, width)) for line, width in zip(lines, widths, strict=True))
    return LINE * rows + SMALL_LINE * sum(len(wrap(line, SMALL)) for line in small) + BUTTONS


def plain_lines(notice: Notice, zone: tzinfo = UTC) -> list[str]:
    """The same as plain text, with times of `zone`: what is wrong, the error, the reach and the deadline."""
    return _lines(notice, plain_in(zone), Detail.ALL)


def thread_card(notice: Notice) -> Card:
    """What is new, said below the message; an end too, where the message cannot be changed."""
    shown, said = _update(notice, SLACK), _update(notice, PLAIN)
    return Card(escape("\n".join(said)), (section("\n".join([f"*{shown[0]}*", *shown[1:]])),))


def thanks(incident: Incident, word: Word) -> Card:
    """To the one who has said what an incident's message was worth."""
    text = f"Noted: you called {incident.label} {word}. Your last word counts."
    return Card(text, (section(text),))


def without_feedback(card: Card) -> Card:
    """For a Slack that does not know feedback buttons: plain ones in their place."""
    return Card(card.text, tuple(_plain_buttons(block) for block in card.blocks))


def _lines(notice: Notice, voice: Voice, detail: Detail) -> list[str]:
    mark = _mark(notice)
    rows = None if notice.resolved or notice.watched else _TITLE_ROWS.get(detail)
    most = None if rows is None else rows * BOLD - len(mark)
    head = f"{mark} {voice.data(incident_words.title(notice, most))}"
    sentences = _SENTENCES.get(detail, incident_words.MOST_SENTENCE)
    if notice.resolved:
        was = [_was(notice, voice, sentences)] if notice.reopened else []
        return [head, *was, incident_words.ending(notice, voice)]
    if notice.watched_until is not None:
        return [head, incident_words.back(notice, notice.watched_until, voice)]
    incident = notice.incident
    trouble = incident_words.trouble(incident.headline, notice.now, voice, sentences)
    also = _also(incident, voice) if detail is Detail.ALL else []
    return [head, trouble, incident_words.reach(notice, voice, short=detail in (Detail.LEAST, Detail.BARE)), *also]


def _was(notice: Notice, voice: Voice, most: int) -> str:
    """What had been wrong: of what a person has opened again, the facts show no more."""
    return f"Was: {incident_words.trouble(notice.incident.headline, notice.now, voice, most)}"


def _also(incident: Incident, voice: Voice) -> list[str]:
    """What else is wrong, where it is not what the incident is called by."""
    others = [each for each in incident.parts if each.kind is not incident.kind]
    if not others or incident.gathered is not None:
        return []
    named = ", ".join(incident_words.part(each.kind, each.data_date) for each in others[:2])
    return [voice.data(f"Also: {named}" + (f" and {len(others) - 2} more" if len(others) > 2 else ""))]


def _update(notice: Notice, voice: Voice) -> list[str]:
    decision, incident = notice.decision, notice.incident
    if notice.resolved:
        return [f"{_mark(notice)} {incident.label}", incident_words.ending(notice, voice)]
    changed = decision.detail or f"{decision.reason.removeprefix('updated because ').capitalize()}"
    head = f"{CIRCLES[notice.severity]} {notice.severity} {incident.label}: {voice.data(changed)}"
    return [head] if decision.detail else [head, incident_words.trouble(decision.finding, notice.now, voice)]


def _mark(notice: Notice) -> str:
    if notice.watched:
        return "👀 Back:" if notice.proof and incident_words.proved(notice) else "👀 Not seen any more:"
    if not notice.resolved:
        return f"{CIRCLES[notice.severity]} {notice.severity}"
    if notice.reopened:
        return f"{CIRCLES[notice.severity]} {notice.severity} reopened:"
    if notice.into:
        return f"↪ Part of {notice.into}:"
    if notice.incident.expired:
        return "⌛ Expired, still missing:"
    return "✅ Resolved:" if incident_words.proved(notice) else "❔ Over, not proved:"


def _status(notice: Notice, voice: Voice, detail: Detail = Detail.ALL) -> str:
    """Number, since when, and while it is open why this severity."""
    incident = notice.incident
    severity = _severity(notice, voice)
    opened = ("flapping, " if incident.flapping else "") + voice.age(incident.announced_at)
    bare = notice.resolved or detail is Detail.BARE
    return f"{incident.label} · {opened}" if bare else f"{incident.label} · {opened} · {severity}"


def _severity(notice: Notice, voice: Voice) -> str:
    """And why; where a person has said it, who, and what the facts say."""
    word, facts = notice.word, notice.decision.severity
    if word is None:
        return f"{facts}: {voice.data(cut_words(notice.incident.severity_reason, MOST_BECAUSE))}"
    by_facts = f" (facts: {facts})" if facts is not word.severity else ""
    return f"{word.severity} set by {voice.person(word.by)}: {voice.data(cut_words(word.because, MOST_WORD))}{by_facts}"


def take_over(incident: Incident, why: str, about: str) -> Card:
    """To somebody who was not paged: what taking it over would do, as `about` has it."""
    value = action_ids.encode_take_over(incident.id, about)
    over = button("Take over", action_ids.INCIDENT_TAKE_OVER, value, style="primary")
    watch = button("Just watch", action_ids.INCIDENT_WATCH, incident.id)
    return Card(escape(why), (section(escape(why)), actions([over, watch])))


def _feedback(incident: Incident) -> Block:
    words = [(word, action_ids.encode_feedback(word, incident.id)) for word in (Word.USEFUL, Word.NOISE)]
    (_, useful), (_, noise) = words
    return feedback(action_ids.INCIDENT_FEEDBACK, ("Useful", useful), ("Noise", noise))


def _plain_buttons(block: Block) -> Block:
    if block["type"] != "context_actions":
        return block
    (both,) = block["elements"]
    made = zip(
        (action_ids.INCIDENT_USEFUL, action_ids.INCIDENT_NOISE), ("positive_button", "negative_button"), strict=True
    )
    return actions([button(both[name]["text"]["text"], action, both[name]["value"]) for action, name in made])


def _token(moment: datetime, now: datetime) -> str:
    """The time alone when it is near. https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    if abs(now - moment) >= A_DAY:
        return _date(moment)
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def _date(moment: datetime) -> str:
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def _ago(moment: datetime) -> str:
    """Slack counts on."""
    return f"<!date^{int(moment.timestamp())}^{{ago}}|{moment:%Y-%m-%d %H:%M} UTC>"


def _code(text: str) -> str:
    return f"`{escape(text.replace('`', chr(39)))}`"


def _time(moment: datetime) -> str:
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment:%H:%M} UTC>"


SLACK = Voice(
    escape,
    _code,
    _token,
    _date,
    lambda moment, _: _ago(moment),
    lambda moment: f"opened {_ago(moment)}",
    _time,
    mention,
)


def plain_in(zone: tzinfo) -> Voice:
    """Without markup, for a reader who lives in `zone`."""

    def date(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"

    def time(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%H:%M %Z}"

    return Voice(
        str,
        str,
        lambda moment, now: time(moment) if abs(now - moment) < A_DAY else date(moment),
        date,
        lambda moment, now: f"{incident_words.lasting(now - moment)} ago",
        lambda moment: f"opened {date(moment)}",
        time,
        lambda who: f"Slack member {who}" if is_slack_id(who) else who,
    )


PLAIN = plain_in(UTC)
TEXT = replace(PLAIN, data=escape, person=mention)
"""Of a message's text without formatting: mentions are the only tokens in it."""
