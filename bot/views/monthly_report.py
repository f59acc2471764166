"""The monthly review for Slack, with the rest for its thread; and as text."""

from datetime import date

from bot.domain.counts import plural
from bot.domain.findings.finding import FindingKind
from bot.domain.health.model import HealthRequest
from bot.domain.reports.monthly import Capacity, Growth, MonthlyReport, Precision, month_before
from bot.domain.reports.objectives import Counts, Objective
from bot.views import action_ids, cost_words, numbers, report_text, slo_words
from bot.views.blocks import Block, Card, actions, button, header, preformatted, section
from bot.views.daily_words import UNAVAILABLE
from bot.views.incident import SLACK, plain_in
from bot.views.incident_words import Voice
from bot.views.report_text import Part, text_voice
from bot.views.text import escape
from bot.views.weekly_words import how_soon, kind_words, of

MOST_SHOWN, MOST_LISTED = 5, 20
BUDGETS, LEFT = "Budgets", "What is left of each budget"


def title(report: MonthlyReport) -> str:
    return f"{of(report, 'Monthly review')}: {report.month:%B %Y}"


def lead(report: MonthlyReport) -> str:
    """One sentence: budgets that are spent, incidents, and what they were in the review before."""
    spent = f"budgets {UNAVAILABLE}" if report.slo is None else slo_words.spent(report.slo)
    unwatched = report.unwatched and "what was watched" not in report.unavailable
    nothing = " Nothing was watched in that month." if unwatched else ""
    return _capital(f"{spent}; {_incidents(report)}; {_precise(report.precision)}.{nothing}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _incidents(report: MonthlyReport) -> str:
    count = report.incidents
    if count is None:
        return f"incidents {UNAVAILABLE}"
    then = None if report.before is None else report.before.incidents
    was = "" if then is None or then == count else f" ({then:,} in the last review)"
    return f"{plural(count, 'incident')}{was}"


def _precise(found: Precision | None) -> str:
    if found is None:
        return f"precision {UNAVAILABLE}"
    if found.interval is None:
        return "nobody has said whether alerts were useful"
    return f"{found.useful:,} of {found.rated:,} rated incidents were useful"


def budgets(report: MonthlyReport, voice: Voice) -> list[str]:
    """Each objective: compliance of the month and of the one before, with their n, and what is left of its budget."""
    if report.slo is None:
        return [UNAVAILABLE]
    platform = [voice.data(slo_words.platform(each)) for each in report.slo.platform]
    counted = [_budget(each, report.month, voice) for each in report.slo.objectives]
    return [*([*counted, *platform] or [slo_words.NO_OBJECTIVE]), *map(voice.data, report.slo.notes)]


def _budget(each: Objective, month: date, voice: Voice) -> str:
    now, then = (slo_words.rate(each.months.get(f"{one:%Y-%m}", Counts())) for one in (month, month_before(month)))
    return f"{voice.data(slo_words.name(each))}: {now}, the month before {then}, target {each.target:.1%}"


def bars(report: MonthlyReport) -> list[str]:
    """What is left of each budget now; the bars come first, so that a phone shows them one below the other."""
    return [] if report.slo is None else [_bar(each) for each in report.slo.objectives]


def _bar(each: Objective) -> str:
    left = slo_words.share_left(each)
    return f"{slo_words.bar(each)} {left:>7}  {slo_words.name(each)}"


def growth(report: MonthlyReport, voice: Voice, most: int) -> list[str]:
    """Processors whose p95 has grown over 30 days, the most first."""
    if report.capacity is None:
        return [UNAVAILABLE]
    grown = [each for each in report.capacity.compared if each.grows]
    lines = [_growth(each, voice) for each in grown[:most]]
    more = [f"and {len(grown) - most} more"] if len(grown) > most else []
    return [_compared(report.capacity, len(grown)), *lines, *more]


def _compared(found: Capacity, grown: int) -> str:
    few = f"; {found.few:,} with too few runs to tell" if found.few else ""
    return f"{grown:,} of {plural(len(found.compared), 'processor')} grew by 20 % or more{few}"


def _growth(each: Growth, voice: Voice) -> str:
    spans = f"{numbers.seconds(each.before)} → {numbers.seconds(each.after)}"
    runs = f"n {each.runs_before:,} and {each.runs_after:,}"
    return f"{voice.data(each.processor)}: p95 {spans}, {each.ratio - 1:+.0%} ({runs})"


def kinds(report: MonthlyReport) -> list[str]:
    if report.kinds is None:
        return [UNAVAILABLE]
    return [", ".join(f"{kind_words(kind)} {count:,}" for kind, count in report.kinds.items()) or "none"]


def precision(report: MonthlyReport) -> list[str]:
    """With its n, and how sure it is."""
    found = report.precision
    if found is None:
        return [UNAVAILABLE]
    of_all = f"{found.rated:,} of {plural(found.incidents, 'incident')} were rated by people"
    if found.interval is None:
        return [of_all]
    low, high = found.interval
    return [
        f"{numbers.share(found.useful / found.rated)} useful, {found.noise:,} noise; {of_all}; "
        f"95 % sure between {low:.0%} and {high:.0%}",
        *(_of_kind(kind, each) for kind, each in list(found.by_kind.items())[:MOST_SHOWN]),
    ]


def _of_kind(kind: FindingKind, found: Precision) -> str:
    unrated = f", {found.incidents - found.rated:,} not rated" if found.incidents > found.rated else ""
    return f"{kind_words(kind)}: {found.useful:,} useful, {found.noise:,} noise{unrated}"


def cost(report: MonthlyReport, voice: Voice, most: int) -> list[str]:
    return [UNAVAILABLE] if report.cost is None else cost_words.lines(report.cost, voice, most)


def _parts(report: MonthlyReport, voice: Voice, most: int) -> list[Part]:
    return [
        (BUDGETS, budgets(report, voice)),
        ("Capacity: p95 of 30 days against the 30 before", growth(report, voice, most)),
        ("Incidents by kind", kinds(report)),
        ("How soon: p50 / p90", how_soon(report.figures)),
        ("Precision of alerts", precision(report)),
        ("Cost of hung and repeated runs", cost(report, voice, most)),
    ]


def card(report: MonthlyReport) -> Card:
    """What everybody sees."""
    blocks: list[Block] = [header(title(report)), section(f"*{escape(lead(report))}*")]
    blocks += [section(f"⚪ {escape(line)}") for line in report_text.missing(report)]
    for name, lines in _parts(report, SLACK, MOST_SHOWN):
        blocks += report_text.listed(name, lines)
        if name == BUDGETS and bars(report):
            blocks.append(preformatted("\n".join([LEFT, *bars(report)])))
    now = button("Health now", action_ids.REPORT_HEALTH, action_ids.encode(HealthRequest()))
    return Card(_said(report), (*blocks, actions([now])))


def _said(report: MonthlyReport) -> str:
    lines = [title(report), escape(lead(report)), *map(escape, report_text.missing(report))]
    for name, said in _parts(report, text_voice(report), MOST_SHOWN):
        lines += [name, *said, *(map(escape, [LEFT, *bars(report)]) if name == BUDGETS else ())]
    return "\n".join(lines)


def rest(report: MonthlyReport) -> str:
    """For the thread: processors that grew, beyond those that are shown; "" where there are none."""
    grown = [each for each in report.capacity.compared if each.grows] if report.capacity is not None else []
    voice = plain_in(report.zone)
    more = [_growth(each, voice) for each in grown[MOST_SHOWN:MOST_LISTED]]
    return report_text.thread([("Also slower", more)]) if more else ""


def markdown(report: MonthlyReport) -> str:
    """All of it, for mail, terminals and files."""
    opening = [lead(report), *report_text.missing(report)]
    parts = _parts(report, plain_in(report.zone), MOST_LISTED)
    return report_text.markdown(title(report), opening, parts, (LEFT, bars(report)))
