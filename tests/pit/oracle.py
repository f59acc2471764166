"""What was lost, and what arrived more than once: by the story, and by what the vendors took."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incidents.response import ASK_BEFORE
from tests.pit.story import HOLDS, STEP, Story
from tests.pit.vendors import Accepted

Way = tuple[str, str, str]
"""Of an incident's label to a target by a channel."""


@dataclass(frozen=True)
class Judged:
    """`lost`: steps of which neither channel took a post that names the incident. `missing`: ways of a step that took
    none, although another did. `twice` are the posts after the first for one incident, step and target, in one cycle:
    what comes when an acknowledgement ends is no copy of what came before it, nor does it count for that.
    `after_taken`: posts that came although somebody had acknowledged the incident, and held it.
    """

    steps: int
    posts: int
    told: int
    lost: tuple[str, ...]
    missing: tuple[str, ...]
    twice: Mapping[Way, int]
    after_taken: int
    first_s: tuple[float, ...]

    @property
    def copies(self) -> int:
        return sum(self.twice.values())

    @property
    def share(self) -> float:
        return self.copies / max(1, self.told)


def judged(
    story: Story,
    labels: Mapping[str, str],
    opened: Mapping[str, datetime],
    taken: Mapping[str, datetime],
    accepted: Iterable[Accepted],
    wire: timedelta,
) -> Judged:
    """`labels`, `opened` and `taken` by the name of the incident; `wire`: so long a post may be under way."""
    posts = list(accepted)
    ends = {labels[name]: at for name, at in taken.items()}
    cycles = _by_cycle(posts, ends, wire)
    told, first = cycles[0], _first(posts)
    people, lost, missing, waits, steps = story.schedule.by_name, [], [], [], 0
    for each in story.planned:
        label, begun = labels[each.name], opened[each.name]
        for number, name in enumerate((each.first, each.second)):
            if each.name in taken and taken[each.name] < begun + number * STEP + 2 * wire:
                continue
            targets = {"slack": people[name].slack, "voice": people[name].phone}
            ways = [(label, channel, targets[channel]) for channel in each.ways]
            if each.name in taken and not any(told[way] for way in ways):
                continue  # a page that waited its turn, and was taken back
            steps += 1
            if not any(told[label, channel, target] for channel, target in targets.items()):
                lost.append(f"{label} step {number + 1} to {name}")
            elif each.name not in taken:
                missing += [f"{label} step {number + 1} to {name} by {way[1]}" for way in ways if not told[way]]
            if number == 0 and any(way in first for way in ways):
                waits.append(min((first[way] - begun).total_seconds() for way in ways if way in first))
    late = sum(
        each.at > ends[label] + wire and _cycle(each, label, ends, wire) == 0
        for each in posts
        for label in each.labels
        if label in ends
    )
    twice = sum((Counter({way: count - 1 for way, count in each.items()}) for each in cycles), Counter[Way]())
    every = sum(each.total() for each in cycles)
    return Judged(steps, len(posts), every, tuple(lost), tuple(missing), twice, late, tuple(sorted(waits)))


def _by_cycle(posts: Iterable[Accepted], ends: Mapping[str, datetime], wire: timedelta) -> tuple[Counter[Way], ...]:
    """How often each way was told: before an acknowledgement ends, by the question to its owner, and after it."""
    found: tuple[Counter[Way], ...] = (Counter(), Counter(), Counter())
    for each in posts:
        for label in each.labels:
            found[_cycle(each, label, ends, wire)][label, each.channel, each.target] += 1
    return found


def _cycle(post: Accepted, label: str, ends: Mapping[str, datetime], wire: timedelta) -> int:
    """An acknowledgement is stored a little before it is known: at most the time that a post may be under way."""
    if label not in ends:
        return 0
    over = ends[label] + HOLDS - wire
    return (post.at >= over - ASK_BEFORE) + (post.at >= over)


def _first(posts: Iterable[Accepted]) -> dict[Way, datetime]:
    found: dict[Way, datetime] = {}
    for each in posts:
        for label in each.labels:
            found.setdefault((label, each.channel, each.target), each.at)
    return found
