"""The health of the pipeline as a message: the whole, one phase, one processor. Readable on a phone in 20 seconds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.counts import plural
from bot.domain.health.model import Colour, HealthReason, HealthReport, HealthRequest, HealthRow
from bot.domain.health.notified import NAMES, called
from bot.domain.health.sketch import RELATIVE_ERROR
from bot.domain.incidents.incident import Incident, MessageRef
from bot.views import action_ids, baseline_words, health_words, numbers
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
from bot.views.incident import PLAIN, SLACK
from bot.views.incident_words import Voice, watched
from bot.views.text import escape

CIRCLES = {Colour.RED: "🔴", Colour.YELLOW: "🟡", Colour.GREEN: "🟢", Colour.GREY: "⚪"}
"""Always next to the word: colour is never the only signal."""
WORST_FIRST = [Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY]
MOST_REASONS = 4
MOST_PROCESSORS = 10
MOST_OPEN = 5
MOST_NOTES = 3


def card(report: HealthReport, request: HealthRequest, workspace: str = "") -> Card:
    """The message for what was asked. `workspace`: its address, for links to the messages of incidents."""
    if request.processor is not None:
        return _one(report, request, report.processors[0], workspace)
    if request.phase is not None:
        return _phase(report, request, workspace)
    return _overview(report, request, workspace)


def _overview(report: HealthReport, request: HealthRequest, workspace: str) -> Card:
    reasons = _reasons(report)
    head, rest = glance(report)
    tools = _actions(report, request, _overview_actions(report, request))
    blocks = [*head, *_open(report, workspace), *rest, tools]
    notes = _plain_footnotes(report, figures=False)
    more = [f"And {len(reasons) - MOST_REASONS} more."] if len(reasons) > MOST_REASONS else []
    lines = [_whole_title(report), _plain_span(report), *(reason.text for reason in reasons[:MOST_REASONS]), *more]
    lines += [*_open_texts(report), "", *map(_phase_text, report.phases), ""]
    return Card(escape("\n".join([*lines, *notes])), tuple(blocks))


def glance(report: HealthReport) -> tuple[list[Block], list[Block]]:
    """The overview without its incidents and buttons: how it is and why; then phases and figures."""
    phases = [section("\n".join(_phase_lines(report.phases)))] if report.phases else []
    notes = context(*map(escape, _plain_footnotes(report, figures=False)))
    return [header(_whole_title(report)), context(_span(report)), *_why(_reasons(report))], [*phases, notes]


def _whole_title(report: HealthReport) -> str:
    return f"{CIRCLES[report.overall]} Pipeline health: {report.overall}"


def _phase(report: HealthReport, request: HealthRequest, workspace: str) -> Card:
    row = report.phases[0]
    ranked = _ranked(report.processors)
    shown = ranked[:MOST_PROCESSORS]
    listed = [_processor_line(member) for member in shown]
    if len(ranked) > len(shown):
        listed.append(f"_and {len(ranked) - len(shown)} more, none worse_")
    blocks = [*_head(report, row, workspace), section("\n".join(listed)), context(*_footnotes(report))]
    find = typeahead("Find a processor", action_ids.HEALTH_PROCESSOR)
    blocks.append(_actions(report, request, [*_common_actions(request), find]))
    lines = [*_row_text(report, row), "", *map(_processor_text, shown), *_plain_footnotes(report)]
    return Card(escape("\n".join(lines)), tuple(blocks))


def _one(report: HealthReport, request: HealthRequest, row: HealthRow, workspace: str) -> Card:
    blocks = _head(report, row, workspace)
    categories = _categories(row)
    if categories:
        blocks.append(section("\n".join(["*Failed runs*", *(f"• {line}" for line in categories)])))
    usual = [] if report.baseline is None else baseline_words.lines(report.baseline)
    blocks += [section(_bullets(usual))] if usual else []
    blocks.append(context(*_footnotes(report)))
    extra: list[Element] = []
    if row.phase is not None:
        phase = replace(request, phase=row.phase, processor=None)
        extra.append(button(f"Phase {row.phase}", action_ids.HEALTH_PHASE, action_ids.encode(phase)))
    blocks.append(_actions(report, request, [*_common_actions(request), *extra]))
    lines = [*_row_text(report, row), *categories, *usual, *_plain_footnotes(report)]
    return Card(escape("\n".join(lines)), tuple(blocks))


def _reasons(report: HealthReport) -> list[HealthReason]:
    """Why, without the incidents where those are listed."""
    listed = () if not report.open else NAMES.values()
    return [reason for reason in report.reasons if reason.name not in listed]


def _why(reasons: Sequence[HealthReason]) -> list[Block]:
    return [section(_bullets(reason.text for reason in reasons))] if reasons else []


def _open(report: HealthReport, workspace: str) -> list[Block]:
    """Open incidents, the worst first, each with the way to its message."""
    if not report.open:
        return []
    lines = [
        f"• {_linked(incident, workspace)}{_back(report, incident, SLACK)}" for incident in report.open[:MOST_OPEN]
    ]
    if len(report.open) > MOST_OPEN:
        lines.append(f"_and {len(report.open) - MOST_OPEN} more_")
    return [section("\n".join(["*Open incidents*", *lines]))]


def _linked(incident: Incident, workspace: str) -> str:
    name = linked(escape(called(incident)), incident.message, workspace)
    return f"{name}, opened {date_token(incident.announced_at)}"


def linked(name: str, message: MessageRef | None, workspace: str) -> str:
    """The name as a link, where the message is known. `name` is escaped.
    https://docs.slack.dev/messaging/formatting-message-text#linking-urls
    """
    if message is None or not message.ts or not workspace:
        return name
    return f"<{workspace.rstrip('/')}/archives/{message.channel}/p{message.ts.replace('.', '')}|{name}>"


def _open_texts(report: HealthReport) -> list[str]:
    shown = (report.open or ())[:MOST_OPEN]
    return [
        f"Open: {called(one)}, opened {one.announced_at:%Y-%m-%d %H:%M} UTC{_back(report, one, PLAIN)}."
        for one in shown
    ]


def _back(report: HealthReport, incident: Incident, voice: Voice) -> str:
    until = report.watched.get(incident.id)
    return "" if until is None else f"; back, {watched(until, report.window.as_of, voice)}"


def _phase_lines(rows: Sequence[HealthRow]) -> list[str]:
    """One line a phase that is not well; those that are share one."""
    well = [row for row in rows if row.status is Colour.GREEN and not row.due.missing]
    lines = [_phase_line(row) for row in rows if row not in well]
    if well:
        numbered = ", ".join(str(row.phase) for row in well)
        meet = "meets its target" if len(well) == 1 else "meet their targets"
        lines.append(f"{CIRCLES[Colour.GREEN]} *Phase{'' if len(well) == 1 else 's'} {numbered}*  {meet}")
    return lines


def _head(report: HealthReport, row: HealthRow, workspace: str) -> list[Block]:
    blocks = [header(_title(report, row)), context(_span(report)), *_why(_reasons(report)), *_open(report, workspace)]
    return [*blocks, fields([f"*{name}*\n{value}" for name, value in _figures(row)])]


def _title(report: HealthReport, row: HealthRow) -> str:
    return f"{CIRCLES[report.overall]} {row.name[:1].upper()}{row.name[1:]}: {report.overall}"


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
        option(_phase_label(row), action_ids.encode(replace(request, phase=row.phase, processor=None)))
        for row in report.phases
    ]
    choose = [select("Look into a phase", action_ids.HEALTH_PHASE, phases)] if phases else []
    find = typeahead("Find a processor", action_ids.HEALTH_PROCESSOR)
    refresh, trend, query = _buttons(request)
    return [refresh, *choose, find, trend, query]


def _common_actions(request: HealthRequest) -> list[Element]:
    refresh, trend, query = _buttons(request)
    of_all = replace(request, phase=None, processor=None)
    whole = button("Overview", action_ids.HEALTH_OVERVIEW, action_ids.encode(of_all))
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


def _phase_line(row: HealthRow) -> str:
    tally = row.tally
    parts = [numbers.share(tally.success_rate) + (f" of {numbers.share(row.target)}" if _is_below(row) else "")]
    bad = tally.real + tally.unknown
    parts += [f"{numbers.compact(bad)} real"] if bad else []
    parts += [f"data {row.due.filled:,} of {row.due.known:,}"] if row.due.missing else []
    because = health_words.why(row)
    parts += [because] if because and not health_words.told_by_figures(row) else []
    said = " · ".join(parts) if tally.runs else "nothing ran"
    return f"{CIRCLES[row.status]} *{row.name[:1].upper()}{row.name[1:]}*  {said}"


def _is_below(row: HealthRow) -> bool:
    rate = row.tally.success_rate
    return rate is not None and row.target is not None and rate < row.target


def _processor_line(row: HealthRow) -> str:
    because = health_words.why(row)
    return f"{CIRCLES[row.status]} *{escape(row.name)}*  {_short(row)}{f' · {because}' if because else ''}"


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
    failures = f"{plural(tally.real + tally.unknown, 'real failure')}, {tally.expected:,} expected"
    data = f", data for {row.due.filled:,} of {plural(row.due.known, 'date')} due" if row.due.missing else ""
    return f"{_phase_label(row)}, {rate}, {failures}{data}."


def _processor_text(row: HealthRow) -> str:
    return f"{row.name}: {row.status}, {_short(row)}."


def _row_text(report: HealthReport, row: HealthRow) -> list[str]:
    figures = [f"{name}: {value}" for name, value in _figures(row)]
    reasons = [reason.text for reason in _reasons(report)]
    return [_title(report, row), _plain_span(report), *reasons, *_open_texts(report), *figures]


def _ranked(rows: Iterable[HealthRow]) -> list[HealthRow]:
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.status), -row.tally.real - row.tally.unknown, row.name))


def _bullets(texts: Iterable[str]) -> str:
    listed = list(texts)
    shown = [f"• {escape(text)}" for text in listed[:MOST_REASONS]]
    if len(listed) > MOST_REASONS:
        shown.append(f"_and {len(listed) - MOST_REASONS} more_")
    return "\n".join(shown)


def _span(report: HealthReport) -> str:
    """Each reader sees the moment in their own time zone."""
    return f"{date_token(report.window.as_of)} · {health_words.trend(report)}"


def date_token(moment: datetime) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def _plain_span(report: HealthReport) -> str:
    return f"{report.window.as_of:%Y-%m-%d %H:%M} UTC. {health_words.trend(report)}."


def _footnotes(report: HealthReport) -> Sequence[str]:
    return [escape(note) for note in _plain_footnotes(report)]


def _plain_footnotes(report: HealthReport, *, figures: bool = True) -> list[str]:
    """`figures`: those of one row stand above, with its dates and durations."""
    accuracy = f"Durations within {RELATIVE_ERROR:.0%}" if figures and not report.window.exact else None
    complete, real = None if figures else health_words.completeness(report), health_words.real(report)
    data = None if complete is None else f"Data: {complete}"
    read = None if figures else health_words.sources(report)
    sources = None if read is None else f"Sources: {read}"
    said = [data, f"Noise: {health_words.noise(report)}", real, health_words.findings(report), sources, accuracy]
    return [
        *(f"{each}." for each in said if each),
        *(f"Note: {text}" for text in health_words.notes(report)[:MOST_NOTES]),
    ]
