"""Two configurations over the same history: what the new one would no longer say, what it would add, whom it wakes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from bot.domain.findings.severity import Severity
from bot.domain.gate.silences import SHOWN
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.oncall.on_call import on_call
from bot.domain.oncall.schedule import Schedule
from bot.domain.reports.replay import Message, Messages

NEAR = timedelta(hours=24)
"""Two messages about the same data may lie so far apart and be of one trouble."""
LATER = timedelta(minutes=30)
"""What is said so much later is named."""
Subject = tuple[str, date | None]
"""A processor, or what stands for one, and its data date."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A message, with all that it told people of: what joined it, too. `until`: its last word."""

    message: Message
    subjects: frozenset[Subject]
    until: datetime

    @property
    def at(self) -> datetime:
        return self.message.first.at

    @property
    def is_note(self) -> bool:
        """A line of the digest, and no more."""
        return self.message.severity is Severity.P3

    def is_same(self, other: "Trouble") -> bool:
        """Do they tell of the same data, at about the same time?"""
        near = self.at - NEAR <= other.until and other.at - NEAR <= self.until
        return near and not self.subjects.isdisjoint(other.subjects)


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """An incident that people took as real: they acknowledged it, or called it useful, and nobody called it noise."""

    label: str
    subjects: frozenset[Subject]
    since: datetime
    until: datetime

    def is_in(self, trouble: Trouble) -> bool:
        near = self.since - NEAR <= trouble.until and trouble.at - NEAR <= self.until
        return near and not self.subjects.isdisjoint(trouble.subjects)


@dataclass(frozen=True, kw_only=True)
class Would:
    """What a configuration would have said. `woken` counts pages by person, `nobody` those that reach no one; `burnt`:
    at the end of which days the budget of an objective would have burnt, where objectives or registry differ;
    `unjudged`: why nobody can tell of one.
    """

    messages: Messages
    troubles: tuple[Trouble, ...]
    woken: Mapping[str, int]
    nobody: int = 0
    burnt: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    unjudged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lost:
    """A message of the old configuration that the new one lacks; `confirmed`: the incidents of people that it was."""

    trouble: Trouble
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Later:
    trouble: Trouble
    by: timedelta


@dataclass(frozen=True)
class Page:
    """Of a message, at that time; `by`: so much later the other configuration pages for it; None: it does not."""

    trouble: Trouble
    at: datetime
    by: timedelta | None = None


@dataclass(frozen=True)
class Burnt:
    """An alert on the budget of an objective."""

    objective: str
    at: datetime


@dataclass(frozen=True)
class InPart:
    """What a message no longer tells of."""

    trouble: Trouble
    missing: tuple[Subject, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """`confirmed` None: nobody can tell what people confirmed, as there is no state."""

    old: Would
    new: Would
    confirmed: Sequence[Confirmed] | None = field(default=())

    @cached_property
    def lost(self) -> tuple[Lost, ...]:
        """The worst first."""
        gone = [each for each in self.old.troubles if not _same(each, self.new)]
        found = [Lost(each, self._of_people(each)) for each in gone]
        return tuple(sorted(found, key=lambda one: (not one.confirmed, one.trouble.message.severity, one.trouble.at)))

    @cached_property
    def in_part(self) -> tuple[InPart, ...]:
        """Messages that stay, and say less."""
        kept = ((each, _same(each, self.new)) for each in self.old.troubles)
        found = ((each, each.subjects.difference(*(one.subjects for one in same))) for each, same in kept if same)
        return tuple(InPart(each, tuple(sorted(missing, key=str))) for each, missing in found if missing)

    @cached_property
    def unpaged(self) -> tuple[Page, ...]:
        """Pages of what is still said that would reach nobody, or come more than half an hour later."""
        return tuple(_unpaged(self.old, self.new))

    @cached_property
    def added(self) -> tuple[Trouble, ...]:
        return tuple(each for each in self.new.troubles if not _same(each, self.old))

    @cached_property
    def paged_now(self) -> tuple[Page, ...]:
        """Pages of what was said before that did not page, or paged more than half an hour later."""
        return tuple(_unpaged(self.new, self.old))

    @cached_property
    def later(self) -> tuple[Later, ...]:
        """What would be said first more than half an hour later."""
        firsts = ((each, _same(each, self.new)) for each in self.old.troubles)
        found = (Later(each, min(one.at for one in same) - each.at) for each, same in firsts if same)
        return tuple(each for each in found if each.by >= LATER)

    @cached_property
    def unburnt(self) -> tuple[Burnt, ...]:
        """Alerts on budgets that would fire no more."""
        return tuple(_unburnt(self.old, self.new))

    @cached_property
    def burnt_now(self) -> tuple[Burnt, ...]:
        return tuple(_unburnt(self.new, self.old))

    @cached_property
    def unjudged(self) -> tuple[str, ...]:
        """Objectives of whose alerts nobody can tell, by either configuration, each with why."""
        found = {**self.old.unjudged, **self.new.unjudged}
        return tuple(f"{name}: {why}" for name, why in sorted(found.items()))

    @property
    def lost_confirmed(self) -> tuple[str, ...]:
        """Incidents that people confirmed, that the new configuration does not tell of, or in the digest alone."""
        return tuple(each.label for each in self.confirmed or () if _heard(each, self.new) < _heard(each, self.old))

    def refused(self, most_rise: float) -> tuple[str, ...]:
        """Why the change should not go in, in words; none: it may. `most_rise`: a share of the pages before (0.2)."""
        reasons = []
        if self.lost_confirmed:
            reasons.append(f"incidents that people confirmed would be lost: {', '.join(self.lost_confirmed)}")
        before, after = len(self.old.messages.pages), len(self.new.messages.pages)
        if after > before * (1 + most_rise):
            rise = f", {(after - before) / before:.0%} more" if before else ""
            reasons.append(f"pages rise from {before:,} to {after:,}{rise}; at most {most_rise:.0%} more are accepted")
        return tuple(reasons)

    def _of_people(self, trouble: Trouble) -> tuple[str, ...]:
        return tuple(
            each.label for each in self.confirmed or () if each.label in self.lost_confirmed and each.is_in(trouble)
        )


def _same(trouble: Trouble, in_: Would) -> list[Trouble]:
    return [each for each in in_.troubles if trouble.is_same(each)]


def _unburnt(by: Would, other: Would) -> Iterator[Burnt]:
    for name, times in sorted(by.burnt.items()):
        if name not in other.unjudged:
            yield from (Burnt(name, at) for at in sorted(set(times).difference(other.burnt.get(name, ()))))


def _heard(confirmed: Confirmed, in_: Would) -> int:
    """2: in a message; 1: in the digest alone; 0: not at all."""
    return max((1 if each.is_note else 2 for each in in_.troubles if confirmed.is_in(each)), default=0)


def _unpaged(by: Would, other: Would) -> Iterator[Page]:
    """What pages by one and is said by the other, which then has not paged for it, and does not soon."""
    for trouble in by.troubles:
        same = _same(trouble, other) if trouble.message.pages else []
        for page in trouble.message.pages if same else ():
            later = _paged_later(page.at, same)
            if later is None or later >= LATER:
                yield Page(trouble, page.at, later)


def _paged_later(moment: datetime, same: Iterable[Trouble]) -> timedelta | None:
    """So long after a moment any of them pages; nothing later where one had paged and was open then; None: too late."""
    pages = [(each.message, page.at) for each in same for page in each.message.pages]
    if any(at <= moment and _still_open(message, at, moment) for message, at in pages):
        return timedelta()
    return min((at - moment for _, at in pages if timedelta() < at - moment < NEAR), default=None)


def _still_open(message: Message, at: datetime, moment: datetime) -> bool:
    """Was what began by `at` not over by the moment?"""
    return any(since <= at and (until is None or moment < until) for since, until in message.spans)


def would(messages: Messages, decisions: Iterable[Decision], escalation: EscalationPolicy, schedule: Schedule) -> Would:
    told: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.outcome in SHOWN:
            told[decision.incident].append(decision)
    troubles = tuple(_trouble(message, told[message.incident]) for message in messages.messages)
    woken, nobody = _woken(messages.pages, escalation, schedule)
    return Would(messages=messages, troubles=troubles, woken=woken, nobody=nobody)


def _trouble(message: Message, told: Sequence[Decision]) -> Trouble:
    known = [*message.decisions, *told]
    subjects = frozenset(subject for each in known for subject in subjects_of(each))
    until = max(each.at for each in known)
    return Trouble(message=message, subjects=subjects, until=until)


def subjects_of(decision: Decision) -> list[Subject]:
    finding = decision.finding
    return [(name, finding.data_date) for name in finding.processors or (finding.root,)]


def _woken(
    pages: Iterable[Decision], escalation: EscalationPolicy, schedule: Schedule
) -> tuple[Mapping[str, int], int]:
    """Whom the first step that wakes somebody finds: the others follow only where nobody acknowledges."""
    woken, nobody = Counter[str](), 0
    for page in pages:
        people = _first_people(page, escalation, schedule)
        woken.update(people)
        nobody += not people
    return dict(woken.most_common()), nobody


def _first_people(page: Decision, escalation: EscalationPolicy, schedule: Schedule) -> set[str]:
    known = {rota.name for rota in schedule.rotas}
    for step in escalation.of(page.severity).steps:
        if not step.wakes:
            continue
        turns = (on_call(schedule, rota, page.at + step.after) for rota in step.rotas if rota in known)
        people = {turn.person for turn in turns if turn.person} | set(step.people)
        if people:
            return people
    return set()
