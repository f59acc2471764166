"""An incident looked back at: what happened, how its episodes went, those like it before, and what ended them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.evidence.text_rules import subject_of
from bot.domain.findings.finding import Finding
from bot.domain.incidents.figures import Episode
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import Entry
from bot.domain.statistics import nearest_rank

FEWEST = 2
"""Of fewer like it nothing can be said."""
BY_ITSELF, BY_A_PERSON, GIVEN_UP = "over by itself", "closed by a person", "given up, still missing"
UNMENDED = frozenset({BY_ITSELF, BY_A_PERSON, GIVEN_UP})
_CHANGING = re.compile(r"'[^']*'|\"[^\"]*\"|0x[0-9a-f]+|\d+", re.IGNORECASE)
"""What differs between two texts of one error: names in quotes, numbers, addresses."""


@dataclass(frozen=True)
class Act:
    """What was done and, as far as was checked, worked: `rerunning Boxscores`."""

    at: datetime
    how: str


@dataclass(frozen=True)
class Past:
    """An incident like it that was announced before; `ended` says how, as it was known at that moment; "": it had not.
    `began_at` is when its last episode did, `how` what ended it: an act, or one of UNMENDED.
    """

    incident: Incident
    ended_at: datetime | None
    ended: str
    began_at: datetime | None = None
    how: str = ""

    @property
    def took(self) -> timedelta | None:
        return None if self.ended_at is None or self.began_at is None else self.ended_at - self.began_at


@dataclass(frozen=True)
class IncidentMemory:
    """Of `similar` that had ended when this one was announced: what ended them, the most frequent first, and the median
    time that those of the first took.
    """

    similar: int
    means: tuple[tuple[str, int], ...]
    median: timedelta | None


@dataclass(frozen=True)
class Retrospect:
    incident: Incident
    timeline: tuple[Entry, ...]
    episodes: tuple[Episode, ...]
    similar: tuple[Past, ...]
    now: datetime
    memory: IncidentMemory | None = None


def wording(error: str) -> str:
    """What two texts of one error have in common; "" without a text."""
    return _CHANGING.sub("#", subject_of(error)).casefold()


def alike(one: Finding, other: Finding) -> bool:
    """The same root and family; or the same kind and cause, in the same words, of another root."""
    if one.family is not other.family:
        return False
    if one.root == other.root:
        return True
    same = (one.kind, one.root_cause) == (other.kind, other.root_cause)
    return same and wording(one.error) == wording(other.error) != ""


def what_ended(acts: Iterable[Act], last: Entry, *, expired: bool) -> str:
    """The last act before it ended; without any, whoever said that it was over."""
    done = sorted((each for each in acts if each.at <= last.at), key=lambda each: each.at)
    if expired:
        return GIVEN_UP
    if done:
        return done[-1].how
    return BY_A_PERSON if last.actor else BY_ITSELF


def remembered(before: Sequence[Past]) -> IncidentMemory | None:
    """Of those that have ended; None of fewer than two."""
    ended = [each for each in before if each.ended_at is not None]
    if len(ended) < FEWEST:
        return None
    counted = Counter(each.how for each in ended)
    means = tuple(sorted(counted.items(), key=lambda each: (each[0] in UNMENDED, -each[1], each[0])))
    spans = sorted(took for each in ended if each.how == means[0][0] and (took := each.took) is not None)
    return IncidentMemory(len(ended), means, spans[nearest_rank(0.5, len(spans))] if spans else None)
