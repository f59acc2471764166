"""App Home: how the pipeline is, what concerns whoever looks, what is open, and the few things to do from here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.counts import plural
from bot.domain.findings.words import called
from bot.domain.health.model import HealthReport, HealthRequest
from bot.domain.incidents.standing import Overview
from bot.domain.oncall.schedule import Shift
from bot.domain.reports.home import PAGED_WITHIN, Home, Mine
from bot.views import action_ids, health, oncall, oncall_words, reprocessing_progress, response_words, silence_words
from bot.views.blocks import (
    SECTION_TEXT,
    Block,
    actions,
    button,
    confirmed,
    context,
    divider,
    header,
    home,
    packed,
    section,
)
from bot.views.incident import CIRCLES, SLACK
from bot.views.incident_words import watched
from bot.views.practice import how
from bot.views.text import cut, escape

MOST_INCIDENTS, MOST_OTHERS, MOST_CALLS = 10, 5, 3
MOST_SAID = 120
UNAVAILABLE = "⚪ Unavailable: "


def shown(found: Home, mine: Mine, workspace: str = "") -> dict[str, Any]:
    """`workspace`: its address, for links to messages."""
    head, rest = (
        ([header("⚪ Pipeline health: unavailable")], []) if found.health is None else health.glance(found.health)
    )
    work = [*_incidents(found, workspace), *_repairs(found, workspace), *_silences(found), *_pinned(found)]
    missing = _missing({**found.unavailable, **mine.unavailable})
    return home([*head, *missing, *_mine(found, mine), *work, *rest, divider(), *_settings(found, mine)])


def moment(found: Home) -> str:
    """How it is said of when it is."""
    return "" if found.health is None else health.date_token(found.health.window.as_of)


def _missing(unavailable: Mapping[str, str]) -> list[Block]:
    """What could not be asked, by why."""
    whys = dict[str, list[str]]()
    for name, why in unavailable.items():
        whys.setdefault(why, []).append(name)
    return packed(f"{UNAVAILABLE}{', '.join(names)}. {escape(why)}" for why, names in whys.items())


def _mine(found: Home, mine: Mine) -> list[Block]:
    """Whose turn it is, first of all whether it is the reader's; and what paged them."""
    lines = [f"You are *{escape(turn.rota)}*{_until(turn)}" for turn in mine.now or ()]
    lines += [f"Your next turn: {escape(turn.rota)} {_span(turn)}" for turn in mine.following or ()]
    if mine.person and mine.now == mine.following == []:
        lines.append("You have no turn in the next 60 days")
    lines += [_paged(mine)] if mine.person and mine.calls is not None else []
    people = [context(oncall.line(found.turns))] if found.turns else []
    return [*packed(["*You*", *lines] if lines else []), *people]


def _until(turn: Shift) -> str:
    because = oncall_words.why(turn)
    until = f" until {health.date_token(turn.until)}" if turn.until is not None else ""
    return f"{until}{f' ({escape(because)})' if because else ''}"


def _span(turn: Shift) -> str:
    since = f"from {health.date_token(turn.since)}" if turn.since is not None else ""
    return f"{since} to {health.date_token(turn.until)}" if turn.until is not None else since


def _paged(mine: Mine) -> str:
    """How often, and by what last."""
    calls, within = mine.calls or (), f"in {PAGED_WITHIN.days} days"
    if not calls:
        return f"Nothing paged you {within}"
    last = ", ".join(f"{escape(each.label)} {health.date_token(each.at)}" for each in reversed(calls[-MOST_CALLS:]))
    return f"Paged you {plural(len(calls), 'time')} {within}, last: {last}"


def _incidents(found: Home, workspace: str) -> list[Block]:
    if found.incidents is None:
        return []
    counts = Counter(each.severity for each in found.incidents)
    kinds = ", ".join(f"{counts[severity]:,} {severity}" for severity in sorted(counts))
    lines = [_incident(found, each, workspace) for each in found.incidents[:MOST_INCIDENTS]]
    title = f"Open incidents: {len(found.incidents):,}{f' ({kinds})' if kinds else ''}"
    return _listed(title, lines, len(found.incidents), "`/incident list` shows more")


def _incident(found: Home, each: Overview, workspace: str) -> str:
    incident, following = each.incident, response_words.line(each.standing, found.as_of, SLACK)
    name = health.linked(incident.label, incident.message, workspace)
    said = escape(cut(called(incident.headline), MOST_SAID))
    back = "" if each.watched_until is None else f"back, {watched(each.watched_until, found.as_of, SLACK)}"
    return " · ".join(filter(None, (f"{CIRCLES[each.severity]} {name} {each.severity} {said}", back, following)))


def _repairs(found: Home, workspace: str) -> list[Block]:
    if not found.repairs:
        return []
    lines = []
    for repair, progress in found.repairs[:MOST_OTHERS]:
        said = reprocessing_progress.line(repair, progress, found.as_of).removeprefix(repair.label)
        lines.append(f"• {health.linked(repair.label, repair.message, workspace)}{said}")
    title = f"Repairs that are under way: {len(found.repairs):,}"
    return _listed(title, lines, len(found.repairs), "`/reprocess list` shows them")


def _silences(found: Home) -> list[Block]:
    if not found.silences:
        return []
    lines = [f"• {silence_words.standing(each, found.as_of, SLACK)}" for each in found.silences[:MOST_OTHERS]]
    title = f"Silences and windows: {len(found.silences):,}"
    return _listed(title, lines, len(found.silences), "`/silence list` and `/window list` show all")


def _pinned(found: Home) -> list[Block]:
    if not found.pinned:
        return []
    lines = [f":pushpin: {escape(line)}" for line in found.pinned[:MOST_OTHERS]]
    return _listed(f"Pinned traffic: {len(found.pinned):,}", lines, len(found.pinned), "`/deploys` shows all")


def _listed(title: str, lines: Sequence[str], count: int, rest: str) -> list[Block]:
    """`count`: of all that there are."""
    more = [f"_and {count - len(lines):,} more: {rest}_"] if count > len(lines) else []
    return packed([f"*{title}*", *lines, *more])


def _settings(found: Home, mine: Mine) -> list[Block]:
    """By what the reader is paged, and what can be done about it; who may is asked at the click."""
    tools = [button("Refresh", action_ids.HOME_REFRESH, "home")]
    if found.turns:
        tools.append(button("Ask for a cover", action_ids.ONCALL_ASK, "ask"))
    if mine.reach:
        practice = button("Page me for practice", action_ids.ONCALL_TEST, mine.person)
        said = "It goes out by every channel that wakes you, now, marked TEST."
        tools.append(confirmed(practice, "Page for practice?", said, "Page", "Cancel"))
    return [*packed(_ways(found, mine)), actions(tools), _hint()]


def _ways(found: Home, mine: Mine) -> list[str]:
    if not mine.person:
        return ["You are not in oncall.yaml: nothing pages you."] if found.turns else []
    if mine.reach is None:
        return []
    if not mine.reach:
        return ["*How you are paged*", "By nothing: no step of the policy is yours in the next 60 days."]
    return ["*How you are paged*", *(f"{each.severity}: {escape(how(each))}" for each in mine.reach)]


def _hint() -> Block:
    return context("Type `/health` in any channel for details, `/health help` for what can be asked.")


def small(report: HealthReport | None) -> dict[str, Any]:
    """Where Slack does not take the whole: the colour, and the way to the rest."""
    colour = "⚪ unavailable" if report is None else health.card(report, HealthRequest()).text.partition("\n")[0]
    tools = actions([button("Try again", action_ids.HOME_REFRESH, "home")])
    said = "Slack did not take the whole view: `/health` in any channel shows it."
    return home([header("Pipeline health"), section(cut(colour, SECTION_TEXT)), section(said), tools])
