"""Budgets, burn and compliance for Slack and the terminal."""

from bot.domain.reports.objectives import Objective, PlatformStanding, SloReport, least_left
from bot.views import action_ids, slo_words
from bot.views.blocks import Block, Card, actions, button, context, header, packed, section
from bot.views.text import escape

CIRCLE_BURNS, CIRCLE_SPENT, CIRCLE_KEPT, CIRCLE_UNKNOWN = "🔴", "🟡", "🟢", "⚪"
ALL = "all"
MOST_SHOWN = 20
"""A message holds 50 blocks, and a person reads fewer."""


def card(report: SloReport) -> Card:
    """A bar for each objective: what is left of its budget; of many those that burn or have the least left."""
    blocks: list[Block] = [header("Service levels, 30 days")]
    if not report.objectives and not report.platform:
        blocks.append(section(slo_words.NO_OBJECTIVE))
    least = least_left(report.objectives, MOST_SHOWN)
    blocks += [section("\n".join(_lines(each))) for each in least]
    if more := len(report.objectives) - len(least):
        blocks.append(context(f"{more:,} more: `fireline slo` shows all; these burn, or have the least left"))
    if len(report.phases) == 1:
        blocks.append(context(f"By month: {slo_words.months(report.phases[0])}"))
    if report.platform:
        blocks += packed(f"{_circle(each)} {escape(slo_words.platform(each))}" for each in report.platform)
    blocks.append(context(_foot(report), *map(escape, report.notes)))
    if any(each.spent is not None for each in report.objectives):
        whose = f"phase {report.phases[0].phase}" if len(report.phases) == 1 else ALL
        blocks.append(actions([button("Burn-down", action_ids.SLO_BURN_DOWN, whose)]))
    return Card(escape(text(report)), tuple(blocks))


def _lines(each: Objective) -> list[str]:
    head = f"{_mark(each)} *{escape(slo_words.name(each))}*  {slo_words.bar(each)}  {escape(slo_words.left(each))}"
    facts = [slo_words.rate(each.month), f"target {each.target:.1%}", slo_words.late(each)]
    return [head, escape(" · ".join(filter(None, facts))), f"Alert: {slo_words.rule(each)}"]


def _mark(each: Objective) -> str:
    if each.spent is None:
        return CIRCLE_UNKNOWN
    return CIRCLE_BURNS if each.burns else CIRCLE_SPENT if each.is_spent else CIRCLE_KEPT


def _circle(each: PlatformStanding) -> str:
    return {None: CIRCLE_UNKNOWN, True: CIRCLE_KEPT, False: CIRCLE_BURNS}[each.kept]


def _foot(report: SloReport) -> str:
    unknown = "what nobody can tell is neither good nor bad"
    return f"As of {report.as_of:%Y-%m-%d %H:%M} UTC. An outcome is one processor's data date; {unknown}."


def text(report: SloReport) -> str:
    """All of it, for terminals and screen readers."""
    lines = ["Service levels, 30 days"]
    for each in report.objectives:
        lines.append(f"{slo_words.name(each)}  {slo_words.bar(each)}  {slo_words.left(each)}")
        facts = [slo_words.rate(each.month), f"target {each.target:.1%}", slo_words.late(each)]
        lines += [f"  {'; '.join(filter(None, facts))}", f"  alert: {slo_words.rule(each)}; {slo_words.fired(each)}"]
        if each.months:
            lines.append(f"  by month: {slo_words.months(each)}")
    lines += [slo_words.platform(each) for each in report.platform]
    lines += [] if len(lines) > 1 else [slo_words.NO_OBJECTIVE]
    return "\n".join([*lines, _foot(report), *report.notes])
