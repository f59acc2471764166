"""What the pipeline sends of its runs: read, stored, and only then acknowledged."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.errors import FirelineError
from bot.domain.pushed.events import Aside, Event, in_our_time
from bot.domain.pushed.lineage import is_lineage, told_by
from bot.domain.pushed.reading import Fault, Refused, Sent, read_event, sent_of, set_aside, unknown_fields
from bot.domain.redaction import visible
from bot.ports.clock import Clock
from bot.ports.pushed import Pushed

log = logging.getLogger("fireline.intake")
MOST_NAMED = 50


class NothingReads(FirelineError):
    """What is sent would be stored and never count."""

    retryable = True


@dataclass(frozen=True)
class Taken:
    """`known`: sent before. `refused`: the places of events that cannot be understood, with their faults."""

    accepted: int = 0
    known: int = 0
    refused: Sequence[tuple[int, Sequence[Fault]]] = ()
    ignored: Sequence[str] = field(default=())
    """Fields that mean nothing here."""


class Intake:
    """`is_read`: does a source of kind `push` bring it on? `zone`: that of data dates. `told`: called once something
    is kept.
    """

    def __init__(
        self,
        open_events: Callable[[], Pushed],
        now: Clock,
        is_read: Callable[[], bool],
        zone: Callable[[], ZoneInfo],
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._events, self._now, self._is_read, self._zone, self._told = open_events, now, is_read, zone, told

    def runs(self, body: bytes, delivery: str = "") -> Taken:
        """Events of ours, one or many. Raises Refused, NothingReads, StateUnavailable."""
        return self.take(sent_of(parsed(body)), delivery)

    def lineage(self, body: bytes, delivery: str = "") -> Taken:
        """An event of OpenLineage. Raises as `runs` does."""
        return self._lineage(parsed(body), delivery)

    def message(self, body: bytes, delivery: str) -> Taken:
        """Either of them, from who cannot be told what is wrong: that is kept, with its place and reason. Raises
        NothingReads, StateUnavailable.
        """
        try:
            told = parsed(body)
            if is_lineage(told):
                return self._lineage(told, delivery, keeps=True)
            return self.take(sent_of(told), delivery, keeps=True)
        except Refused as error:
            return self.set_aside(body, delivery, error)

    def _lineage(self, sent: object, delivery: str, *, keeps: bool = False) -> Taken:
        told = told_by(sent, self._zone())
        return Taken() if told is None else self.take(Sent([told]), delivery, counted=False, keeps=keeps)

    def set_aside(self, body: bytes, delivery: str, error: Refused) -> Taken:
        """Nothing of it can be understood. Raises NothingReads, StateUnavailable."""
        self._needs_reader()
        self._events().add([], self._now(), delivery, [set_aside(delivery, body, error)])
        log.warning("%s is set aside: %s", visible(delivery), error)
        return Taken(refused=[(0, error.faults)])

    def take(self, sent: Sent, delivery: str = "", *, counted: bool = True, keeps: bool = False) -> Taken:
        """Those that can be understood are stored, the others named. `counted`: a success says its rows. `keeps`: the
        others are stored, too, as what cannot be understood.
        """
        self._needs_reader()
        now, good, refused = self._now(), list[Event](), list[tuple[int, Sequence[Fault]]]()
        ignored = dict.fromkeys(name for each in sent.events for name in unknown_fields(each))
        for place, each in enumerate(sent.events):
            try:
                good.append(in_our_time(read_event(each, now, counted=counted), now, sent.sent_at))
            except Refused as error:
                refused.append((place, error.faults))
        aside = [_aside(delivery, place, sent, faults) for place, faults in refused] if keeps else []
        added = self._events().add(good, now, delivery, aside) if good or aside else 0
        self._told()
        if refused:
            log.warning("%s of runs refused, the first: %s", plural(len(refused), "event"), Refused(refused[0][1]))
        return Taken(added, len(good) - added, refused, list(ignored)[:MOST_NAMED])

    def _needs_reader(self) -> None:
        if not self._is_read():
            raise NothingReads("No source of kind push is in sources.yaml: add `- {name: pushed, kind: push}`.")


def _aside(delivery: str, place: int, sent: Sent, faults: Sequence[Fault]) -> Aside:
    body = json.dumps(sent.events[place], default=str).encode()
    return set_aside(f"{delivery} event {place + 1}", body, Refused(faults))


def parsed(body: bytes) -> Any:
    """Raises Refused."""
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused([Fault("body", f"{len(body):,} bytes", f"is no JSON: {error}"[:200])]) from None


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")
