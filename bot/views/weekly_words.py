"""What a weekly report says, in words: the same for Slack, the terminal and mail."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.counts import plural
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.words import short_day
from bot.domain.gate.folded import Folded
from bot.domain.incidents.figures import Figures, Spread
from bot.domain.platform.names import some_of
from bot.domain.reports.noisiest import Change, Noisy, Proposal
from bot.domain.reports.objectives import Objective
from bot.domain.reports.paging import HOURS, Call
from bot.domain.reports.report import Report
from bot.domain.reports.weekly import REVIEWED_WITHIN, TRIED_WITHIN, Hid, Untried, WeeklyReport
from bot.views import noise_ledger, numbers, slo_words, storm_words
from bot.views.daily_words import BARS, UNAVAILABLE
from bot.views.incident_words import Voice
from bot.views.own_line import own_words

MOST_NAMED, MOST_LISTED = 3, 12
DAY = timedelta(days=1)
AXIS = "".join(f"{hour:<6}" for hour in range(0, HOURS, 6)).rstrip()


def kind_words(kind: FindingKind) -> str:
    return kind.replace("_", " ")


def of(report: Report, called: str) -> str:
    late = f", {numbers.span(report.late)} late" if report.late else ""
    return f"{called}, {report.day:%a} {short_day(report.day)}{late}"


def title(report: WeeklyReport) -> str:
    """`Weekly report, Sun 18 Jan: 2 of 6 phases below target`."""
    return f"{of(report, 'Weekly report')}: {levels_kept(report)}"


def levels_kept(report: WeeklyReport) -> str:
    if report.slo is None:
        return f"service levels {UNAVAILABLE}"
    if not report.slo.objectives:
        return slo_words.NO_OBJECTIVE
    judged, missed, unknown = len(report.judged), len(report.missed), len(report.slo.objectives) - len(report.judged)
    noun = "objective" if report.slo.named else "phase"
    if not judged:
        return "no outcome of the week is known"
    said = f"{missed} of {judged} {noun}s below target" if missed else f"{plural(judged, noun)} on target"
    return f"{said}, {unknown} unknown" if unknown else said


def lead(report: WeeklyReport) -> str:
    """One sentence: the week in figures, and what they were in the one before."""
    first, last = (each.astimezone(report.zone).date() for each in (report.since, report.as_of - DAY))
    before = report.before
    pages, night = report.summary.pages, report.summary.night
    parts = [
        _counted("incident", report.incidents, None if before is None else before.incidents),
        _counted("page", pages, None if before is None else before.pages),
    ]
    if night is not None:
        parts.append(f"{night:,} of them at night{_then(night, None if before is None else before.night)}")
    watched = f" {watched_words(report)}" if watched_words(report) else ""
    return f"{short_day(first)} to {short_day(last)}: {', '.join(parts)}.{watched}"


def _counted(noun: str, now: int | None, then: int | None) -> str:
    return f"{noun}s {UNAVAILABLE}" if now is None else f"{plural(now, noun)}{_then(now, then)}"


def _then(now: int, then: int | None) -> str:
    return "" if then is None or then == now else f" (before {then:,})"


def watched_words(report: WeeklyReport) -> str:
    """That the week was not watched, or not the whole of it; "" where it was."""
    if "what was watched" in report.unavailable:
        return ""
    if report.unwatched:
        return "Nothing was watched in that week: there is no incident and no page to tell of."
    if report.watched_since is not None and report.watched_since > report.since:
        since = report.watched_since.astimezone(report.zone)
        return f"It was watched only from {since:%a} {short_day(since.date())} {since:%H:%M} on."
    return ""


def levels_title(report: WeeklyReport) -> str:
    """Of which seven days: those up to the end of a history that has stopped."""
    known = report.as_of if report.slo is None else report.slo.as_of
    end = f" to {short_day(known.astimezone(report.zone).date())}" if report.as_of - known >= DAY else ""
    return f"Service levels, 7 days{end}"


def levels(report: WeeklyReport, voice: Voice) -> list[str]:
    """Each objective over the week, with its n, and what is left of its budget of 30 days."""
    if report.slo is None:
        return [UNAVAILABLE]
    lines = [_level(each, voice) for each in report.slo.objectives] or [slo_words.NO_OBJECTIVE]
    return [*lines, *map(voice.data, report.slo.notes)]


def _level(each: Objective, voice: Voice) -> str:
    below = "below its target of" if each.week.rate is not None and each.week.rate < each.target else "target"
    left = "budget unknown" if each.spent is None else f"{slo_words.share_left(each)} of the budget left"
    return f"{voice.data(slo_words.name(each))}: {slo_words.rate(each.week)}, {below} {each.target:.1%}; {left}"


def how_soon(found: Sequence[Figures] | None) -> list[str]:
    """Median / 90th percentile and n of each severity."""
    if found is None:
        return [UNAVAILABLE]
    return [_soon(each) for each in found] or ["no incident"]


def _soon(each: Figures) -> str:
    parts = (("MTTD", each.to_detect), ("MTTA", each.to_acknowledge), ("MTTR", each.to_resolve))
    return f"{each.severity} ({each.episodes:,}): {', '.join(f'{name} {_spread(spread)}' for name, spread in parts)}"


def _spread(found: Spread) -> str:
    if found.median is None or found.p90 is None:
        return "unknown"
    return f"{numbers.span(found.median)} / {numbers.span(found.p90)} (n {found.count:,})"


def people(report: WeeklyReport, voice: Voice) -> list[str]:
    """Who was called how often, and how often at night where they live."""
    if report.paging is None:
        return [UNAVAILABLE]
    if not report.paging.calls:
        return ["nobody was paged"]
    return ["; ".join(_person(name, calls, voice) for name, calls in report.paging.by_person.items())]


def _person(name: str, calls: Sequence[Call], voice: Voice) -> str:
    night = sum(each.night for each in calls)
    left = ", no longer in oncall.yaml" if calls[0].left else ""
    return f"{voice.person(name) or 'nobody by name'} {len(calls):,} ({night:,} at night{left})"


def hours(report: WeeklyReport) -> list[str]:
    """A bar for each hour of the day; empty where nobody was paged."""
    if report.paging is None or not report.paging.calls:
        return []
    counts = report.paging.by_hour
    most = max(counts)
    bars = "".join("·" if not count else BARS[-(-count * (len(BARS) - 1) // most)] for count in counts)
    return [bars, AXIS, f"pages by hour, {report.zone.key}; the highest is {most:,}"]


def noisy(report: WeeklyReport, voice: Voice) -> list[str]:
    if report.noisiest is None:
        return [UNAVAILABLE]
    return [_noisy(each, voice) for each in report.noisiest] or ["nothing was told"]


def _noisy(each: Noisy, voice: Voice) -> str:
    return f"{each.told:,} told: {voice.data(each.root)}, {kind_words(each.kind)} → {proposal(each.proposal)}"


def proposal(found: Proposal) -> str:
    by = "" if found.by is None else f" by {numbers.span(found.by)}"
    does, why = f"{found.change}{by}", f" ({found.why})" if found.why else ""
    if found.change is Change.NONE:
        return f"{does}{why}"
    of_all = f"{plural(found.messages, 'message')} in 30 days"
    if found.spared is None:
        return f"{does}{why}: what it spares of {of_all} nobody can tell"
    grave = f", {found.p0:,} of them P0" if found.p0 else ""
    real = f"; people took {some_of(found.real, MOST_NAMED)} as real" if found.real else ""
    return f"{does}{why}: spares {found.spared:,} of {of_all}{grave}{real}"


def own(report: WeeklyReport) -> str:
    found = report.own
    return f"Fireline itself: {UNAVAILABLE if found is None else own_words(found)}."


def hid(report: WeeklyReport, voice: Voice) -> list[str]:
    """Silences and windows that hid more than notes."""
    if report.hid is None:
        return [UNAVAILABLE]
    return [_hid(each, voice) for each in report.hid[:MOST_LISTED]]


def _hid(each: Hid, voice: Voice) -> str:
    found, what = each.silence, f"What is planned ({voice.data(each.name)})"
    if found is not None:
        what = f"{found.kind.capitalize()} of {voice.data(found.what)} by {voice.person(found.by)}"
    named = [f"{one.severity} {voice.data(one.root)} {kind_words(one.kind)}" for one in each.findings]
    return f"{what} hid {plural(len(each.findings), 'finding')}: {some_of(named, MOST_NAMED)}"


def untried(report: WeeklyReport, voice: Voice) -> list[str]:
    if report.untried is None:
        return [UNAVAILABLE]
    limits = f"not tried for {TRIED_WITHIN.days} days, or not reviewed for {REVIEWED_WITHIN.days}"
    lines = [_untried(each, voice) for each in report.untried[:MOST_LISTED]]
    more = len(report.untried) - len(lines)
    if not lines:
        return []
    return [f"{plural(len(report.untried), 'runbook')} {limits}", *lines, *([f"and {more} more"] if more else [])]


def _untried(each: Untried, voice: Voice) -> str:
    tried = "never tried" if each.tried_at is None else f"tried {short_day(each.tried_at.date())}"
    return f"{voice.data(each.runbook.id)}: {tried}, reviewed {each.runbook.reviewed_on}"


def drifts(report: WeeklyReport, voice: Voice) -> list[str]:
    if report.drifts is None:
        return [UNAVAILABLE]
    off = [voice.data(report.drifts_off.removesuffix("."))] if report.drifts_off else []
    return [*map(voice.data, report.drifts[:MOST_LISTED]), *off] or ["none"]


def ledger_lines(report: WeeklyReport) -> list[str]:
    return [UNAVAILABLE if report.ledger is None else noise_ledger.totals(report.ledger)]


def storms(report: WeeklyReport) -> list[str]:
    """Each with what would have been sent one by one, and what was."""
    if report.storms is None:
        return [UNAVAILABLE]
    return [_storm(each) for each in report.storms[:MOST_LISTED]]


def _storm(each: Folded) -> str:
    before = f" ({storm_words.told_before(each)})" if each.told_before else ""
    return f"{storm_words.headline(each)}{before}"
