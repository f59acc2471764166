"""The health of the pipeline as a message: the whole, one phase, one processor. Readable on a phone in 20 seconds."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.health.model import Colour, HealthReport, HealthRequest, HealthRow
from bot.domain.health.sketch import RELATIVE_ERROR
from bot.views import action_ids, health_words, numbers
from bot.views.blocks import (
    Block,
    Card,
    Element,
    actions,
    button,
    context,
    fields,
    header,
    option,
    section,
    select,
    typeahead,
)
from bot.views.text import escape

CIRCLES = {Colour.RED: "🔴", Colour.YELLOW: "🟡", Colour.GREEN: "🟢", Colour.GREY: "⚪"}
"""Always beside the word: colour is never the only signal."""
WORST_FIRST = [Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY]
MOST_REASONS = 4
MOST_PROCESSORS = 10
MOST_LOOKED_AT = 5
MOST_WARNINGS = 3


def card(report: HealthReport, request: HealthRequest) -> Card:
    """The message for what was asked."""
    if request.processor is not None:
        return _one(report, request, report.processors[0])
    if request.phase is not None:
        return _phase(report, request)
    return _overview(report, request)


def _overview(report: HealthReport, request: HealthRequest) -> Card:
    title = f"{CIRCLES[report.overall]} Pipeline health: {report.overall}"
    troubled = _troubled(report.processors)
    blocks: list[Block] = [header(title), context(_span(report)), section(_bullets(f.text for f in report.reasons))]
    tiles = [_phase_field(row) for row in report.phases]
    blocks += [fields(tiles[at : at + 10]) for at in range(0, len(tiles), 10)]
    complete = health_words.completeness(report)
    if complete is not None:
        blocks.append(section(f"*Data*  {complete}"))
    if troubled:
        blocks.append(section("\n".join(["*Look at*", *map(_processor_line, troubled[:MOST_LOOKED_AT])])))
    blocks.append(context(*_footnotes(report)))
    blocks.append(_actions(report, request, _overview_actions(report, request)))
    reasons = [finding.text for finding in report.reasons[:MOST_REASONS]]
    if len(report.reasons) > MOST_REASONS:
        reasons.append(f"And {len(report.reasons) - MOST_REASONS} more.")
    data = [] if complete is None else [f"Data: {complete}."]
    lines = [title, _plain_span(report), *reasons, "", *map(_phase_text, report.phases), *data, ""]
    lines += [_processor_text(row) for row in troubled[:MOST_LOOKED_AT]]
    return Card(escape("\n".join([*lines, *_plain_footnotes(report)])), tuple(blocks))


def _phase(report: HealthReport, request: HealthRequest) -> Card:
    row = report.phases[0]
    ranked = _ranked(report.processors)
    shown = ranked[:MOST_PROCESSORS]
    listed = [_processor_line(member) for member in shown]
    if len(ranked) > len(shown):
        listed.append(f"_and {len(ranked) - len(shown)} more, none worse_")
    blocks = [*_head(report, row), section("\n".join(listed)), context(*_footnotes(report))]
    find = typeahead("Find a processor", action_ids.HEALTH_PROCESSOR)
    blocks.append(_actions(report, request, [*_common_actions(request), find]))
    lines = [*_row_text(report, row), "", *map(_processor_text, shown), *_plain_footnotes(report)]
    return Card(escape("\n".join(lines)), tuple(blocks))


def _one(report: HealthReport, request: HealthRequest, row: HealthRow) -> Card:
    blocks = _head(report, row)
    categories = _categories(row)
    if categories:
        blocks.append(section("\n".join(["*Failed runs*", *(f"• {line}" for line in categories)])))
    blocks.append(context(*_footnotes(report)))
    extra: list[Element] = []
    if row.phase is not None:
        phase = HealthRequest(days=request.days, phase=row.phase)
        extra.append(button(f"Phase {row.phase}", action_ids.HEALTH_PHASE, action_ids.encode(phase)))
    blocks.append(_actions(report, request, [*_common_actions(request), *extra]))
    lines = [*_row_text(report, row), *categories, *_plain_footnotes(report)]
    return Card(escape("\n".join(lines)), tuple(blocks))


def _head(report: HealthReport, row: HealthRow) -> list[Block]:
    blocks = [header(_title(row)), context(_span(report))]
    if row.findings:
        blocks.append(section(_bullets(finding.text for finding in row.findings)))
    return [*blocks, fields([f"*{name}*\n{value}" for name, value in _figures(row)])]


def _title(row: HealthRow) -> str:
    return f"{CIRCLES[row.status]} {row.name[:1].upper()}{row.name[1:]}: {row.status}"


def _figures(row: HealthRow) -> list[tuple[str, str]]:
    """What a row measures, by name: at most ten."""
    tally, durations = row.tally, row.durations
    target = f", target {numbers.share(row.target)}" if row.target is not None else ""
    figures = [
        ("Success", f"{numbers.share(tally.success_rate)}{target}"),
        ("Real failures", f"{tally.real:,}{f', and {tally.unknown:,} unexplained' if tally.unknown else ''}"),
        ("Expected failures", f"{tally.expected:,}"),
        ("Runs", f"{tally.runs:,}, {tally.succeeded:,} succeeded"),
    ]
    if durations is not None:
        figures.append(("Duration p50, p95", f"{numbers.seconds(durations.p50)}, {numbers.seconds(durations.p95)}"))
    if row.baseline.success_rate is not None:
        figures.append(("Usual (30 days)", _usual(row)))
    if row.due.due:
        figures.append(("Dates with their data", health_words.dates_filled(row.due)))
    if tally.zero_on_game_days:
        figures.append(("Successes without records", f"{tally.zero_on_game_days:,}"))
    return figures


def _usual(row: HealthRow) -> str:
    before = row.baseline_durations
    p95 = f", p95 {numbers.seconds(before.p95)}" if before is not None else ""
    return f"{numbers.share(row.baseline.success_rate)}{p95}"


def _categories(row: HealthRow) -> list[str]:
    counts = sorted(row.tally.by_category.items(), key=lambda item: -item[1])
    return [f"{category.replace('_', ' ')}: {runs:,}" for category, runs in counts]


def _actions(report: HealthReport, request: HealthRequest, elements: list[Element]) -> Block:
    return actions(elements, action_ids.block_of(request, report.window.as_of))


def _overview_actions(report: HealthReport, request: HealthRequest) -> list[Element]:
    phases = [
        option(_phase_label(row), action_ids.encode(HealthRequest(days=request.days, phase=row.phase)))
        for row in report.phases
    ]
    choose = [select("Look into a phase", action_ids.HEALTH_PHASE, phases)] if phases else []
    find = typeahead("Find a processor", action_ids.HEALTH_PROCESSOR)
    refresh, trend, query = _buttons(request)
    return [refresh, *choose, find, trend, query]


def _common_actions(request: HealthRequest) -> list[Element]:
    refresh, trend, query = _buttons(request)
    whole = button("Overview", action_ids.HEALTH_OVERVIEW, action_ids.encode(HealthRequest(days=request.days)))
    return [refresh, whole, trend, query]


def _buttons(request: HealthRequest) -> tuple[Element, Element, Element]:
    value = action_ids.encode(request)
    return (
        button("Refresh", action_ids.HEALTH_REFRESH, value),
        button("Trend", action_ids.HEALTH_TREND, value),
        button("Show the query", action_ids.HEALTH_QUERY, value),
    )


def _phase_label(row: HealthRow) -> str:
    return f"{row.name[:1].upper()}{row.name[1:]}: {row.status}"


def _phase_field(row: HealthRow) -> str:
    tally = row.tally
    below = f" of {numbers.share(row.target)}" if _is_below(row) else ""
    rate = f"{numbers.share(tally.success_rate)}{below}"
    bad = numbers.compact(tally.real + tally.unknown)
    name = f"{row.name[:1].upper()}{row.name[1:]}"
    data = f" · data {row.due.filled:,} of {row.due.told:,}" if row.due.missing else ""
    return f"{CIRCLES[row.status]} *{name}*  {rate}\n{bad} real · {numbers.compact(tally.expected)} expected{data}"


def _is_below(row: HealthRow) -> bool:
    rate = row.tally.success_rate
    return rate is not None and row.target is not None and rate < row.target


def _processor_line(row: HealthRow) -> str:
    return f"{CIRCLES[row.status]} *{escape(row.name)}*  {_short(row)}"


def _short(row: HealthRow) -> str:
    tally = row.tally
    if not tally.runs:
        return "did not run"
    if tally.success_rate is None:
        return "nothing to judge"
    bad = tally.real + tally.unknown
    return f"{numbers.share(tally.success_rate)}{f', {bad:,} real' if bad else ''}"


def _phase_text(row: HealthRow) -> str:
    tally = row.tally
    target = f" (target {numbers.share(row.target)})" if _is_below(row) else ""
    rate = "nothing to judge" if tally.success_rate is None else f"{numbers.share(tally.success_rate)} succeed{target}"
    failures = f"{numbers.plural(tally.real + tally.unknown, 'real failure')}, {tally.expected:,} expected"
    data = f", data for {row.due.filled:,} of {row.due.told:,} dates due" if row.due.missing else ""
    return f"{_phase_label(row)}, {rate}, {failures}{data}."


def _processor_text(row: HealthRow) -> str:
    return f"{row.name}: {row.status}, {_short(row)}."


def _row_text(report: HealthReport, row: HealthRow) -> list[str]:
    figures = [f"{name}: {value}" for name, value in _figures(row)]
    return [_title(row), _plain_span(report), *(finding.text for finding in row.findings), *figures]


def _ranked(rows: Iterable[HealthRow]) -> list[HealthRow]:
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.status), -row.tally.real - row.tally.unknown, row.name))


def _troubled(rows: Iterable[HealthRow]) -> list[HealthRow]:
    return [row for row in _ranked(rows) if row.status in (Colour.RED, Colour.YELLOW)]


def _bullets(texts: Iterable[str]) -> str:
    listed = list(texts)
    shown = [f"• {escape(text)}" for text in listed[:MOST_REASONS]]
    if len(listed) > MOST_REASONS:
        shown.append(f"_and {len(listed) - MOST_REASONS} more_")
    return "\n".join(shown)


def _span(report: HealthReport) -> str:
    """Each reader sees the moment in their own time zone."""
    return f"Last {numbers.plural(report.window.days, 'day')}, to {date_token(report.window.as_of)}"


def date_token(moment: datetime) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def _plain_span(report: HealthReport) -> str:
    return f"Last {numbers.plural(report.window.days, 'day')}, to {report.window.as_of:%Y-%m-%d %H:%M} UTC."


def _footnotes(report: HealthReport) -> Sequence[str]:
    return [escape(note) for note in _plain_footnotes(report)]


def _plain_footnotes(report: HealthReport) -> list[str]:
    noise = report.noise
    failed, alerts = numbers.plural(noise.raw_failures, "failed run"), numbers.plural(noise.alerts, "alert")
    said = f"{failed}, {noise.kept_quiet:,} kept quiet, {alerts} sent."
    accuracy = "" if report.window.exact else f" Durations within {RELATIVE_ERROR:.0%}."
    return [f"Noise: {said}{accuracy}", *(f"Note: {warning}" for warning in report.warnings[:MOST_WARNINGS])]
