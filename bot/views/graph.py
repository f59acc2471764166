"""The picture of an impact: what a processor feeds, layer by layer from left to right, one line a processor.

A phone is narrow and tall, and names are long: so each dependent has a line of its own, indented by its hops, below the
one that feeds it. Above MOST_NODES dependents, those of one phase at one distance share a line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.counts import plural
from bot.domain.evidence.freshness import Staleness
from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact
from bot.domain.platform.registry import Criticality
from bot.views import impact_words
from bot.views.chart_style import png
from bot.views.charts import Chart
from bot.views.text import escape

MOST_NODES = 40
FURTHER = "further"
"""The line for all that would be too many lines."""
ALT_TEXT = 1_000
"""https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""


class State(StrEnum):
    """What a mark says; the worst first."""

    STALE = "stale"
    AT_RISK = "at risk"
    UNKNOWN = "not known"
    FINE = "not affected"


@dataclass(frozen=True)
class Node:
    """One line of the picture. `parents`: lines that feed it, the one that it is drawn below first."""

    label: str
    note: str
    hops: int
    criticality: Criticality | None
    state: State
    on_path: bool
    parents: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Group:
    """Processors that share a line, and the keys of the groups that feed them, preferred first."""

    members: Sequence[Affected]
    fed_by: Sequence[str]


def draw(impact: Impact) -> Chart:
    """A PNG 1,200 pixels wide."""
    filename = f"impact-{impact.data_date}.png"
    return Chart(filename, _title(impact), alt_text(impact), png(picture(impact)))


def picture(impact: Impact) -> str:
    from bot.views.graph_figure import draw_graph

    return draw_graph(nodes(impact), _title(impact), _notes(impact))


def _title(impact: Impact) -> str:
    return f"What {impact.subject.processor.name} feeds"


def comment(impact: Impact) -> str:
    return f"Impact of {escape(impact.subject.processor.name)}, data date {impact.data_date}."


def alt_text(impact: Impact) -> str:
    """The picture in words: the deadlines, how many are affected, then the worst by name."""
    worst = [f"{item.processor.name}, {item.hops} away, {_said(item)}" for item in impact.listed.worst(8)]
    lines = [*impact_words.deadline_lines(impact), impact_words.headline(impact)]
    listed = [f"Worst: {'; '.join(worst)}."] if worst else []
    return " ".join(["A graph, left to right.", *lines, *listed])[:ALT_TEXT]


def nodes(impact: Impact) -> list[Node]:
    """The lines from top to bottom, the processor asked about first; each below one that feeds it."""
    groups = _single(impact) if len(impact.dependents) <= MOST_NODES else _by_phase(impact)
    children: dict[str, list[str]] = {}
    for key, group in groups.items():
        if group.fed_by:
            children.setdefault(group.fed_by[0], []).append(key)
    order, waiting = [], [next(iter(groups))]
    while waiting:
        key = waiting.pop()
        order.append(key)
        waiting += reversed(children.get(key, []))
    place = {key: at for at, key in enumerate(order)}
    path = _path(impact)
    risky = frozenset(item.processor.name for item in impact.at_risk)
    return [_node(groups[key], tuple(place[on] for on in groups[key].fed_by), path, risky) for key in order]


def _single(impact: Impact) -> dict[str, _Group]:
    """A line for each, worst first."""
    everyone = {item.processor.name: item for item in (impact.subject, *impact.dependents)}
    return {name: _Group([item], _fed_by(item, everyone)) for name, item in everyone.items()}


def _fed_by(item: Affected, everyone: Mapping[str, Affected]) -> list[str]:
    """Those in the picture that feed it, the nearest first; what only a retired one feeds hangs on the first line."""
    if item.hops == 0:
        return []
    known = [name for name in item.processor.dependencies if name in everyone]
    known.sort(key=lambda name: abs(item.hops - 1 - everyone[name].hops))
    return known if known and everyone[known[0]].hops < item.hops else [next(iter(everyone)), *known]


def _by_phase(impact: Impact) -> dict[str, _Group]:
    """A line for each phase at each distance."""
    key_of = {item.processor.name: f"{item.hops}/{item.processor.phase}" for item in impact.dependents}
    root = impact.subject.processor.name
    key_of[root] = root
    everyone = {item.processor.name: item for item in (impact.subject, *impact.dependents)}
    members: dict[str, list[Affected]] = {root: [impact.subject]}
    fed_by: dict[str, dict[str, None]] = {root: {}}
    for item in sorted(impact.dependents, key=lambda item: (item.hops, _last_without(item.processor.phase))):
        key = key_of[item.processor.name]
        if key not in members and len(members) >= MOST_NODES:
            key = key_of[item.processor.name] = FURTHER
        members.setdefault(key, []).append(item)
        nearest = _fed_by(item, everyone)[0]
        fed_by.setdefault(key, {}).setdefault(key_of[nearest])
    return {key: _Group(found, list(fed_by[key])) for key, found in members.items()}


def _last_without(phase: int | None) -> tuple[bool, int]:
    return phase is None, phase or 0


def _place(phase: int | None) -> str:
    return "Without a phase" if phase is None else f"Phase {phase}"


def _node(group: _Group, parents: tuple[int, ...], path: frozenset[str], risky: frozenset[str]) -> Node:
    worst = group.members[0]
    stale = sum(bool(item.staleness.stale) for item in group.members)
    known = {_state(item, risky) for item in group.members}
    single = len(group.members) == 1
    places = {(item.hops, item.processor.phase) for item in group.members}
    shared = _place(worst.processor.phase) if len(places) == 1 else "Further away"
    label = worst.processor.name if single else f"{shared}: {len(group.members):,} processors"
    return Node(
        label=label,
        note=_note(worst, risky) if single else _shared_note(group.members, stale),
        hops=worst.hops,
        criticality=min(group.members, key=lambda item: _rank(item.processor.criticality)).processor.criticality,
        state=next(state for state in State if state in known),
        on_path=any(item.processor.name in path for item in group.members),
        parents=parents,
    )


def _state(item: Affected, risky: frozenset[str]) -> State:
    if item.staleness.stale:
        return State.STALE
    if item.processor.name in risky:
        return State.AT_RISK
    return State.UNKNOWN if item.staleness is Staleness.UNKNOWN else State.FINE


def _rank(level: Criticality | None) -> int:
    return [*Criticality, None].index(level)


def _note(item: Affected, risky: frozenset[str] = frozenset()) -> str:
    """The note at the end of its line; the mark shows that a state is unknown."""
    said = [impact_words.STATES[item.staleness]] if item.staleness.stale else []
    said += [State.AT_RISK] if _state(item, risky) is State.AT_RISK else []
    return ", ".join([*said, *_left(item)])


def _left(item: Affected) -> list[str]:
    if item.deadline is None:
        return []
    minutes = item.deadline.minutes_to_breach
    size = f"{abs(minutes):.0f} min" if abs(minutes) < 120 else f"{abs(minutes) / 60:.0f} h"
    return [f"{size} {'left' if minutes > 0 else 'late'}"]


def _shared_note(members: Sequence[Affected], stale: int) -> str:
    soonest = min(
        (item for item in members if item.deadline is not None),
        key=lambda item: item.deadline.due_at if item.deadline else impact_words.NEVER,
        default=None,
    )
    return ", ".join([*([f"{stale:,} stale"] if stale else []), *(_left(soonest) if soonest else [])])


def _said(item: Affected) -> str:
    return ", ".join([item.processor.criticality or "criticality unknown", *filter(None, [_note(item)])])


def _path(impact: Impact) -> frozenset[str]:
    deadline = impact.next_deadline
    return frozenset(step.processor for step in deadline.critical_path) if deadline is not None else frozenset()


def _notes(impact: Impact) -> list[str]:
    deadline = impact.next_deadline
    count = plural(len(impact.dependents), "dependent")
    due = [f"Next deadline {impact_words.until(deadline.minutes_to_breach)}"] if deadline is not None else []
    return [f"{impact.data_date}: {count}, {len(impact.affected):,} affected", *due]
