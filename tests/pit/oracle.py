"""What was lost, and what arrived more than once: by the story, and by what the vendors took."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.pit.story import STEP, Story
from tests.pit.vendors import Accepted

Way = tuple[str, str, str]
"""Of an incident's label to a target by a channel."""


@dataclass(frozen=True)
class Judged:
    """`lost`: steps of which neither channel took a post that names the incident. `missing`: ways of a step that took
    none, although another did. `twice` are the posts after the first for one incident, step and target. `after_taken`:
    posts that came although somebody had acknowledged the incident before.
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
    told = Counter((label, each.channel, each.target) for each in posts for label in each.labels)
    first = _first(posts)
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
    ends = {labels[name]: at + wire for name, at in taken.items()}
    late = sum(each.at > ends[label] for each in posts for label in each.labels if label in ends)
    twice = {way: count - 1 for way, count in told.items() if count > 1}
    return Judged(steps, len(posts), told.total(), tuple(lost), tuple(missing), twice, late, tuple(sorted(waits)))


def _first(posts: Iterable[Accepted]) -> dict[Way, datetime]:
    found: dict[Way, datetime] = {}
    for each in posts:
        for label in each.labels:
            found.setdefault((label, each.channel, each.target), each.at)
    return found
