"""What a digest says, in words: the same for Slack, the terminal and mail."""

from collections.abc import Sequence

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.health.model import Colour, HealthReport, HealthRow
from bot.domain.health.notified import called
from bot.domain.oncall.overview import Turn
from bot.domain.platform.names import some_of
from bot.domain.reports.daily import BEFORE, MOST_NEEDS, DailyReport, Need, NeedKind, Summary
from bot.views import (
    baseline_words,
    health_words,
    noise_ledger,
    numbers,
    oncall_words,
    readiness,
    response_words,
    shadow,
    slo_words,
)
from bot.views.incident_words import Voice
from bot.views.own_line import own_words

MOST_LISTED, MOST_MOVED, MOST_NAMED = 12, 5, 3
UNAVAILABLE = "unavailable"
BARS = "▁▂▃▄▅▆▇█"
LOWEST = 0.5
"""What is below it is drawn as the lowest bar."""


def title(report: DailyReport) -> str:
    """`Daily digest, Thu 15 Jan: RED`; late, where it is."""
    colour = UNAVAILABLE if report.health is None else report.health.overall
    late = f", {numbers.span(report.late)} late" if report.late else ""
    return f"Daily digest, {report.day:%a} {short_day(report.day)}: {colour}{late}"


def change(report: DailyReport) -> str:
    """One sentence: how it is, and what has changed since the last digest that was delivered."""
    now, before = report.summary, report.before
    if now.overall is None:
        return f"Health is {UNAVAILABLE}: nothing is known of it, good or bad."
    colour = f"{now.overall}"
    if before is None:
        first = "" if BEFORE in report.unavailable else ", in the first digest"
        return f"{colour}{first}: {_counts(now)}."
    same = "as" if before.overall is now.overall else f"was {before.overall or UNAVAILABLE}"
    since = f"on {before.day:%a} {short_day(before.day)}"
    return f"{colour}, {same} {since}: {_counts(now, before)}."


def _counts(now: Summary, before: Summary | None = None) -> str:
    parts = [_incidents(now, before)]
    if now.without_data is not None:
        then = None if before is None else before.without_data
        was = f", then {then:,}" if then is not None and then != now.without_data else ""
        lack = "lacks" if now.without_data == 1 else "lack"
        parts.append(f"{plural(now.without_data, 'date')} {lack} data{was}")
    return "; ".join(parts)


def _incidents(now: Summary, before: Summary | None) -> str:
    if now.open is None:
        return f"incidents {UNAVAILABLE}"
    said = f"{plural(len(now.open), 'incident')} open" if now.open else "no incident open"
    if before is None or before.open is None:
        return said
    new = [label for label in now.open if label not in before.open]
    over = [label for label in before.open if label not in now.open]
    more = [
        f"{len(each)} {word} ({some_of(each, MOST_NAMED)})" for each, word in ((new, "new"), (over, "over")) if each
    ]
    return f"{said}, {', '.join(more)}" if more else said


def need(report: DailyReport, each: Need, voice: Voice) -> str:
    """What needs a person, and what to do about it."""
    if each.incident is not None:
        found = each.incident
        standing = response_words.line(found.standing, report.as_of, voice)
        said = voice.data(called(found.incident).removeprefix(f"{found.incident.label} {found.incident.severity} "))
        who = standing or ("Nobody has it" if each.kind is NeedKind.UNTAKEN else "")
        return f"{found.incident.label} {found.severity} {said}{f'. {who}' if who else ''}"
    if each.step is not None:
        latest = each.step.latest
        due = f"{voice.data(latest.target)} is at risk, due {voice.time(latest.due_at)}"
        return f"{due}: start {voice.data(each.step.processor)} by {voice.time(latest.start)}"
    if each.reason is not None:
        return voice.data(each.reason.text.removesuffix("."))
    assert each.gap is not None
    return oncall_words.gap(each.gap, report.zone, report.as_of)


def needs(report: DailyReport, voice: Voice) -> list[str]:
    return [need(report, each, voice) for each in report.needs]


def at_rest(report: DailyReport) -> str:
    """Where nothing needs anybody: that, and why it is not GREEN all the same."""
    colour = None if report.health is None else report.health.overall
    known = report.unavailable or colour is Colour.GREY
    why = f" {colour}: {report.also[0].text}" if report.also else ""
    return f"{'Nothing known needs you' if known else 'Nothing needs you'}.{why}"


def also(report: DailyReport, voice: Voice) -> list[str]:
    """What else gives its colour."""
    lines = [voice.data(each.text.removesuffix(".")) for each in report.also]
    return [*lines[:MOST_LISTED], *([f"and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else [])]


def tonight(report: DailyReport, voice: Voice) -> list[str]:
    """The deadlines of the next 24 hours: what is at risk first."""
    if report.tonight is None:
        why = voice.data(_why(report, "deadlines", "health"))
        return [f"{why[:1].upper()}{why[1:]}."]
    if not report.tonight:
        return ["No deadline in the next 24 hours."]
    return [line for each in report.tonight for line in readiness.lines(each, voice)]


def duty(report: DailyReport) -> str:
    """Who is on call now and next, and gaps."""
    if report.duty is None:
        return f"On call: {_why(report, 'on call')}."
    if not report.duty.turns:
        return "On call: nobody, there is no oncall.yaml."
    turns = "; ".join(_turn(each, report) for each in report.duty.turns)
    gaps = report.duty.gaps
    first = f": {oncall_words.gap(gaps[0], report.zone, report.as_of)}" if gaps else ""
    return f"On call: {turns}. {plural(len(gaps), 'gap') if gaps else 'No gap'} in 60 days{first}."


def _turn(turn: Turn, report: DailyReport) -> str:
    shift, then = turn.shift, turn.following
    until = "" if shift.until is None else f" until {oncall_words.wall(shift.until, report.zone)}"
    later = f", then {then.person or oncall_words.NOBODY}" if then is not None and until else ""
    return f"{shift.rota} {shift.person or oncall_words.NOBODY}{until}{later}"


def quiet(report: DailyReport) -> list[str]:
    """The noise ledger: failed runs that were expected, and findings that nobody was told of, by the reason."""
    day = report.last_day
    runs = _why(report, "the last day", "health") if day is None else health_words.noise(day)
    found = _why(report, "findings") if report.ledger is None else noise_ledger.totals(report.ledger)
    return [f"Kept quiet: {runs}.", f"Findings of the last day: {found}.", *in_shadow(report)]


def in_shadow(report: DailyReport) -> list[str]:
    """One line a day for as long as something is in shadow."""
    if report.shadow is None or report.shadow.is_empty:
        return []
    return [f"In shadow, sent to nobody: {shadow.totals(report.shadow)}. `fireline shadow` lists them."]


def chart(report: DailyReport) -> list[str]:
    """The share that succeeded on each of the last days, by phase: a bar a day. Empty where nothing is known."""
    if not report.success:
        return []
    width = max(map(len, report.success))
    days = f"{short_day(report.days[0])} to {short_day(report.days[-1])}, a bar a day: full 100 %, lowest 50 % or less"
    return [*(f"{name:<{width}}  {bars(rates)}" for name, rates in report.success.items()), days]


def bars(rates: Sequence[float | None]) -> str:
    return "".join("·" if rate is None else _bar(rate) for rate in rates)


def _bar(rate: float) -> str:
    """Full at 100 % alone."""
    share = max(0.0, rate - LOWEST) / (1 - LOWEST)
    return BARS[-1] if rate >= 1 else BARS[min(int(share * len(BARS)), len(BARS) - 2)]


def phase_lines(report: HealthReport) -> list[str]:
    """Each with how many runs its rates are of."""
    rows = report.phases or report.processors
    return [_row(row) for row in rows]


def _row(row: HealthRow) -> str:
    target = "" if row.target is None else f", target {numbers.share(row.target)}"
    day = "" if row.day is None else f"; last day {_rate(row.day.success_rate, row.day.tried)}"
    data = f"; data {row.due.filled:,} of {plural(row.due.known, 'date')}" if row.due.due else ""
    rate = _rate(row.tally.success_rate, row.tally.tried)
    name = row.name if not row.is_phase else f"{row.name[:1].upper()}{row.name[1:]}"
    return f"{name}: {row.status}, {rate}{target}{day}{data}"


def _rate(rate: float | None, count: int) -> str:
    return "nothing to judge" if rate is None else f"{numbers.share(rate)} of {count:,}"


def others(report: DailyReport, voice: Voice) -> list[str]:
    """Needs beyond the first, and incidents that need nobody."""
    rest = [need(report, each, voice) for each in report.needs[MOST_NEEDS:]]
    more = [f"and {len(rest) - MOST_LISTED} more"] if len(rest) > MOST_LISTED else []
    return [*rest[:MOST_LISTED], *more]


def moved(report: DailyReport, voice: Voice) -> list[str]:
    """Processors that are not as usual, the farthest first; nothing where all are, or it is named as unavailable."""
    lines = [f"{voice.data(each.processor)}: {'; '.join(baseline_words.moves(each))}" for each in report.moved or ()]
    return [*lines[:MOST_MOVED], *([f"and {len(lines) - MOST_MOVED:,} more"] if len(lines) > MOST_MOVED else [])]


def levels(report: DailyReport, voice: Voice) -> list[str]:
    """Which budgets are spent, and what is left of those that burn or are."""
    if report.slo is None or not (report.slo.objectives or report.slo.platform):
        return []
    pressing = [each for each in report.slo.objectives if each.burns or each.is_spent]
    lines = [f"{voice.data(slo_words.name(each))}: {slo_words.left_short(each)}" for each in pressing]
    late = [voice.data(slo_words.platform(each)) for each in report.slo.platform if each.is_spent]
    first = voice.data(slo_words.spent(report.slo))
    return [f"{first[:1].upper()}{first[1:]}", *late, *lines[:MOST_LISTED]]


def own(report: DailyReport) -> list[str]:
    """What Fireline did itself in a day."""
    return [] if report.own is None else [own_words(report.own)]


def silences(report: DailyReport, voice: Voice) -> list[str]:
    if report.silences is None:
        return [f"{_why(report, 'silences')}."]
    ordered = sorted(report.silences, key=lambda each: each.until)
    return [f"{each.kind.capitalize()}: {voice.data(each.what)} until {voice.date(each.until)}" for each in ordered]


def all_clear(report: DailyReport, voice: Voice) -> list[str]:
    """Two lines."""
    first = [line for each in report.tonight or () for line in readiness.lines(each, voice)][-1:]
    rest = [duty(report), quiet(report)[0], *in_shadow(report), *first]
    return [f"{change(report)} Nothing needs you.", " ".join(rest)]


def _why(report: DailyReport, *names: str) -> str:
    """Unavailable, and why."""
    reason = next((report.unavailable[name] for name in names if name in report.unavailable), "")
    return f"{UNAVAILABLE}, {reason}".rstrip(". ,") if reason else UNAVAILABLE
