"""The weekly report for Slack, with the rest for its thread; and as text."""

from bot.domain.health.model import HealthRequest
from bot.domain.reports.weekly import WeeklyReport
from bot.views import action_ids, report_text, weekly_words
from bot.views.blocks import Block, Card, actions, button, context, header, preformatted, section
from bot.views.incident import SLACK, plain_in
from bot.views.incident_words import Voice
from bot.views.report_text import Part, text_voice
from bot.views.text import escape

KEPT, MISSED, UNKNOWN = "🟢", "🟡", "⚪"
"""Always next to the words."""


def card(report: WeeklyReport) -> Card:
    """What everybody sees."""
    parts = _shown(report, SLACK)
    drawn = weekly_words.hours(report)
    blocks: list[Block] = [header(f"{_circle(report)} {weekly_words.title(report)}")]
    blocks += [section(f"*{escape(weekly_words.lead(report))}*")]
    blocks += [section(f"⚪ {escape(line)}") for line in report_text.missing(report)]
    for name, lines in parts:
        blocks += report_text.listed(name, lines)
        if name == PAGES and drawn:
            blocks.append(preformatted("\n".join(drawn)))
    blocks += [context(escape(weekly_words.own(report)))]
    now = button("Health now", action_ids.REPORT_HEALTH, action_ids.encode(HealthRequest()))
    duty = button("On call", action_ids.REPORT_ONCALL, "now")
    return Card(_said(report), (*blocks, actions([now, duty])))


PAGES = "Pages"


def _circle(report: WeeklyReport) -> str:
    """What is unknown is never green."""
    if report.missed:
        return MISSED
    return KEPT if report.slo is not None and len(report.judged) == len(report.slo.objectives) > 0 else UNKNOWN


def _shown(report: WeeklyReport, voice: Voice) -> list[Part]:
    """What belongs to the picture of 20 seconds."""
    return [
        (weekly_words.levels_title(report), weekly_words.levels(report, voice)),
        ("How soon: p50 / p90", weekly_words.how_soon(report.figures)),
        (PAGES, weekly_words.people(report, voice)),
        ("Noisiest, and what could be changed", weekly_words.noisy(report, voice)),
    ]


def _rest(report: WeeklyReport, voice: Voice) -> list[Part]:
    return [
        ("Findings of the week", weekly_words.ledger_lines(report)),
        ("Storms: what came, and what was sent", weekly_words.storms(report)),
        ("Silences that hid something real", weekly_words.hid(report, voice)),
        ("Runbooks to be tried", weekly_words.untried(report, voice)),
        ("Deployed otherwise than the registry says", weekly_words.drifts(report, voice)),
    ]


def _said(report: WeeklyReport) -> str:
    """What the card says, as text."""
    voice = text_voice(report)
    lines = [weekly_words.title(report), escape(weekly_words.lead(report)), *map(escape, report_text.missing(report))]
    for name, said in _shown(report, voice):
        lines += [name, *said]
    return "\n".join([*lines, escape(weekly_words.own(report))])


def rest(report: WeeklyReport) -> str:
    """For the thread; it is sent without markup."""
    return report_text.thread(_rest(report, plain_in(report.zone)))


def markdown(report: WeeklyReport) -> str:
    """All of it, for mail, terminals and files."""
    voice = plain_in(report.zone)
    lead = [weekly_words.lead(report), *report_text.missing(report)]
    own = ("Fireline itself", [weekly_words.own(report).removeprefix("Fireline itself: ")])
    parts = [*_shown(report, voice), *_rest(report, voice), own]
    return report_text.markdown(weekly_words.title(report), lead, parts, ("Pages by hour", weekly_words.hours(report)))
