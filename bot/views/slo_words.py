"""How objectives are kept, in words: the same for Slack, the terminal and `check-config`."""

from datetime import timedelta

from bot.domain.counts import plural
from bot.domain.platform.names import some_of
from bot.domain.reports.objectives import (
    LOOKED_BACK_DAYS,
    MONTH_DAYS,
    WORSE,
    Counts,
    Objective,
    PlatformStanding,
    Rule,
    RuleKind,
    SloReport,
    rule_of,
)
from bot.domain.slo import ServiceLevel
from bot.views import numbers

CELLS, MOST_NAMED = 10, 3
FULL, EMPTY = "█", "░"
HOUR = timedelta(hours=1)
UNKNOWN = "unknown"
NO_OBJECTIVE = "no objective is set in slos.yaml"


def bar(objective: Objective) -> str:
    """What is left of the budget, as a bar."""
    spent = objective.spent
    if spent is None:
        return "·" * CELLS
    left = round(max(0.0, 1 - spent) * CELLS)
    return FULL * left + EMPTY * (CELLS - left)


def share_left(objective: Objective) -> str:
    """`62%` of the budget; never below nothing."""
    return UNKNOWN if objective.spent is None else f"{max(0.0, 1 - objective.spent):.0%}"


def left(objective: Objective) -> str:
    """`62 % of the budget left: 19 of 49.5 misses in 30 days`."""
    if objective.spent is None:
        return f"{UNKNOWN}: {objective.why or f'no outcome is known in {objective.days} days'}"
    said = f"{share_left(objective)} of the budget left"
    over = f"{' (spent)' if objective.is_spent else ''}{_burns(objective)}"
    return f"{said}{over}: {objective.month.bad:,} of {objective.budget:,.1f} misses in {plural(objective.days, 'day')}"


def left_short(objective: Objective) -> str:
    """The same where there is little room: `62% left: 19 of 49.5 misses`."""
    if objective.spent is None:
        return UNKNOWN
    said = f"{share_left(objective)} left" if not objective.is_spent else "all spent"
    return f"{said}{_burns(objective)}: {objective.month.bad:,} of {objective.budget:,.1f} misses"


def _burns(objective: Objective) -> str:
    return ", burns now" if objective.burns else ""


def spent(report: SloReport) -> str:
    """`budget spent: phase 2, unknown: phase 5`; of outcomes, and of time."""
    timed = [each for each in report.platform if each.budget is not None]
    known = [(each.label, each.is_spent) for each in report.objectives if each.spent is not None]
    known += [(each.label, each.is_spent) for each in timed if each.late is not None]
    if not report.objectives and not timed:
        return NO_OBJECTIVE
    if not known:
        return "no budget is known"
    gone = [label for label, is_spent in known if is_spent]
    said = f"budget spent: {some_of(gone, MOST_NAMED)}" if gone else f"no budget spent of {len(known)}"
    missing = [each.label for each in report.objectives if each.spent is None]
    missing += [each.label for each in timed if each.late is None]
    return f"{said}, unknown: {some_of(missing, MOST_NAMED)}" if missing else said


def name(objective: Objective | PlatformStanding) -> str:
    """At the beginning of a line."""
    return f"{objective.label[:1].upper()}{objective.label[1:]}"


def rate(counts: Counts) -> str:
    """With how many it is of; what is unknown beside it."""
    aside = f", {counts.unknown:,} unknown" if counts.unknown else ""
    if counts.rate is None:
        return f"{UNKNOWN}{aside}"
    return f"{numbers.share(counts.rate)} of {counts.known:,}{aside}"


def rule(objective: Objective) -> str:
    """What its alert can do; of one that fires how many failed."""
    said = rule_words(objective.rule, objective.budget)
    if not objective.burns:
        return said
    day, week = objective.day, objective.week
    return f"{said}; now {day.bad:,} of {day.known:,} and {week.bad:,} of {week.known:,} failed"


def rule_words(found: Rule, budget: float) -> str:
    """What an alert can do: `fires when 7 of 33 fail in a day, or 21 of 231 in a week`."""
    match found.kind:
        case RuleKind.NEVER if not found.a_day:
            return "none: no outcome is known"
        case RuleKind.NEVER:
            return f"can never fire: of {plural(found.a_day, 'outcome')} a day no count is unlikely enough"
        case RuleKind.ONE_FAILURE:
            return f"one failure fires: there is {plural(found.a_day, 'outcome')} a day"
        case RuleKind.REPORT_ONLY:
            seen = f"{WORSE} times as many misses would be seen within a week in {found.seen:.0%} of cases"
            return f"report only: the budget is {budget:,.1f} outcomes in 30 days, {seen}"
        case RuleKind.FIRES:
            return f"fires when {_thresholds(found)}"


def _thresholds(found: Rule) -> str:
    day = f"{found.day} of {found.a_day} fail in a day" if found.day is not None else ""
    week = f"{found.week} of {found.a_day * 7} {'' if day else 'fail '}in a week" if found.week is not None else ""
    return ", or ".join(each for each in (day, week) if each)


def fired(objective: Objective) -> str:
    times = plural(objective.fired, "day")
    return f"would have fired on {times} of the last {LOOKED_BACK_DAYS}"


def miss(budget: float) -> str:
    """What one miss costs of the budget."""
    return f"one miss costs {min(1.0, 1 / budget):.1%} of it" if budget else "what one miss costs is unknown"


def late(objective: Objective) -> str:
    """Time late past the deadline; "" without one."""
    if objective.late is None:
        return ""
    if not objective.deadlines:
        return f"deadlines: {UNKNOWN}"
    return f"{hours(objective.late)} late past {plural(objective.deadlines, 'deadline')}"


def hours(length: timedelta) -> str:
    return f"{length / HOUR:,.1f} h"


def months(objective: Objective, most: int = 4) -> str:
    return ", ".join(f"{month} {rate(counts)}" for month, counts in list(objective.months.items())[:most])


def platform(found: PlatformStanding) -> str:
    objective = found.objective
    over = f"over {plural(objective.window_days, 'day')}"
    target = f"target {objective.objective:.1%}"
    called = name(found)
    if found.budget is not None:
        said = UNKNOWN if found.late is None else f"{hours(found.late)} late of {hours(found.budget)} allowed"
        return f"{called}: {said} {over}, {target}"
    if found.counts is not None:
        return f"{called}: {rate(found.counts)} {over}, {target}"
    return f"{called}: {UNKNOWN}, nothing measures it; {target}"


def described(level: ServiceLevel, objective: Objective | None, a_day: int) -> str:
    """For `check-config`: budget, what one miss costs, what its alert can do, and how often it would have. `a_day`: so
    many outcomes the registry has, where the history has none.
    """
    if objective is None or not objective.month.known:
        return _by_registry(level, a_day)
    return described_by_history(objective)


def _by_registry(level: ServiceLevel, a_day: int) -> str:
    if not a_day:
        return f"phase {level.phase}: the registry has no processor of it, and there is no outcome"
    share = 1 - level.success_rate
    past = f"by the {plural(a_day, 'processor')} of the registry: no history tells how often it would have fired"
    found = rule_of(a_day, share, level.false_alarms)
    return _described(f"phase {level.phase}", MONTH_DAYS, share * a_day * MONTH_DAYS, found, past)


def described_by_history(objective: Objective) -> str:
    if not objective.month.known:
        return f"{objective.label}: {left(objective)}"
    return _described(objective.label, objective.days, objective.budget, objective.rule, fired(objective))


def _described(label: str, days: int, budget: float, found: Rule, past: str) -> str:
    words = rule_words(found, budget)
    return f"{label}: a budget of {budget:,.1f} outcomes in {plural(days, 'day')}, {miss(budget)}; {words}; {past}"
