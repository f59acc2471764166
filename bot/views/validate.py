"""Verdicts as a message: one line a finding, the worst first, what to do, and how many dates are in order."""

from bot.domain.verdicts.judge import REPAIRED, SOUND, Verdict
from bot.domain.verdicts.validation import Validated, Validation, ValidationRequest
from bot.views import action_ids, reprocessing_words, validate_words
from bot.views.blocks import Block, Card, Element, actions, button, context, header, section
from bot.views.health import date_token
from bot.views.text import cut, escape
from bot.views.validate_words import VerdictRows

MOST_SHOWN = 12
MOST_NOTES = 4
MOST_EVIDENCE = 400
UNCLEAR = frozenset({Verdict.UPSTREAM, Verdict.UNKNOWN})


def card(validation: Validation) -> Card:
    """The answer to /validate. One processor on one date is shown with its evidence even when all is well."""
    title = f"{_circle(validation)} {validate_words.headline(validation)}"
    span = validate_words.span(validation)
    blocks: list[Block] = [header(title), context(f"{escape(span)}, as of {date_token(validation.as_of)}")]
    lines = [title, f"{span}, as of {validation.as_of:%Y-%m-%d %H:%M} UTC.", ""]
    rows = validation.rows if len(validation.rows) == 1 else validation.findings
    groups = validate_words.groups(rows, MOST_SHOWN)
    for group in groups[:MOST_SHOWN]:
        blocks.append(_block(group))
        lines.append(_line(group))
    rest = sum(len(group.rows) for group in groups[MOST_SHOWN:])
    closing = [validate_words.sound(validation), *validation.notes[:MOST_NOTES]]
    if rest:
        closing.insert(0, f"And {rest:,} more, none worse: ask for one processor, or use `fireline validate`.")
    blocks += [context(*map(escape, closing)), actions(_buttons(validation))]
    return Card(escape("\n".join([*lines, "", *closing])), tuple(blocks))


def _buttons(validation: Validation) -> list[Element]:
    value = action_ids.encode_validation(validation.request)
    return [
        button("Refresh", action_ids.VALIDATE_REFRESH, value),
        button("Show the query", action_ids.VALIDATE_QUERY, value),
    ]


def _circle(validation: Validation) -> str:
    if all(row.verdict is Verdict.NOT_YET for row in validation.rows):
        return "⚪"
    if not validation.findings:
        return "🟡" if validation.open_elsewhere else "🟢"
    return "🟡" if all(row.verdict in UNCLEAR for row in validation.findings) else "🔴"


def _mark(row: Validated) -> str:
    """Always next to the words: colour is never the only signal."""
    if row.verdict in SOUND:
        return "🟢"
    return "🟡" if row.verdict in UNCLEAR else "🔴"


def _block(group: VerdictRows) -> Block:
    row = group.first
    said = f"{validate_words.verdict(row.verdict)} → *{validate_words.action(row.judged)}*"
    head = f"{_mark(row)} *{escape(row.processor.name)}* {group.dates}: {said}"
    return {**section(f"{head}\n{escape(cut(_detail(group), MOST_EVIDENCE))}"), **_repair(group)}


def _repair(group: VerdictRows) -> Block:
    """Where the verdict asks for it: a plan of these dates, which starts nothing."""
    row, days = group.first, sorted(row.data_date for row in group.rows)
    if row.action not in REPAIRED or row.processor.service is None:
        return {}
    asked = ValidationRequest(processor=row.processor.name, first=days[0], last=days[-1])
    label = reprocessing_words.label(days)
    return {"accessory": button(label, action_ids.REPROCESS_PLAN, action_ids.encode_validation(asked))}


def _line(group: VerdictRows) -> str:
    row = group.first
    said = f"{validate_words.verdict(row.verdict)}, {validate_words.action(row.judged)}"
    return f"{row.processor.name} {group.dates}: {said}: {_detail(group)}."


def _detail(group: VerdictRows) -> str:
    """Why, on what evidence; of many alike the newest stands for all."""
    row = group.first
    newest = f"{row.data_date}: " if len(group.rows) > 1 else ""
    hint = f"; {row.hint}" if row.hint is not None else ""
    return f"{newest}{row.judged.because}{hint} ({' · '.join(validate_words.evidence(row))})"
