"""Post reports: each is claimed by its date in the transaction that queues its pages, whichever process is first.

After the digest comes what belongs into its thread; where something could not be asked, the whole one replaces it.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from bot.domain.audit import record
from bot.domain.delivery import Act, PageState, Queued
from bot.domain.escalation.pages import Targets, about_no_incident
from bot.domain.reports.policy import Due, FireTime, Schedule, Turn, due, last_fire
from bot.domain.reports.report import Report
from bot.domain.reports.said import COMPLETED, PICTURE, REST, Fired, Said
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.app import AppServices

REPORT, MAIL = "report", "mail"
"""The channels: to where reports are posted, and to people."""
SETTLES = timedelta(seconds=90)
"""So long what is new since a start, or since the report was due, is waited for."""
log = logging.getLogger("fireline.reports")


R = TypeVar("R", bound=Report)


@dataclass(frozen=True)
class Words(Generic[R]):
    """What reports say. `card`: the text and the blocks (JSON) that everybody sees; `rest` and `picture` (JSON): what
    goes into the thread, `seen`: what a picture shows, in words; `all`: everything as one text; `facts`: what the next
    one compares itself with (JSON); `skipped`: that there was none.
    """

    card: Callable[[R], tuple[str, str]]
    rest: Callable[[R], str]
    picture: Callable[[R], str]
    seen: Callable[[str], str]
    all: Callable[[R], str]
    facts: Callable[[R], str]
    skipped: Callable[[Due, datetime, Said | None], str]


@dataclass(frozen=True)
class ReportKind(Generic[R]):
    """One mechanism, and what differs: when it comes round, what it is called, how it is composed, what it says.
    `name`: of its lane; `called`: in the log and the audit; `prefix`: of its keys; `back_days`: so long it is looked
    back for one that was missed.
    """

    schedule: Schedule
    name: str
    called: str
    prefix: str
    back_days: int
    fires: Callable[[AppServices], FireTime]
    compose: Callable[[AppServices, datetime], R]
    words: Words[R]

    def key(self, day: date) -> str:
        return f"{self.prefix}:{day.isoformat()}"


class ReportPosts(Generic[R]):
    """`services` are asked each time: they are renewed with the configuration. `wall` is the time by which pages are
    sent; `channel` is where incidents are posted.
    """

    def __init__(
        self,
        kind: ReportKind[R],
        services: AppServices,
        state: State,
        targets: Targets,
        wall: Clock,
        channel: str,
    ) -> None:
        self.name = kind.name
        self._kind, self._services, self._state, self._targets = kind, services, state, targets
        self._wall, self._channel = wall, channel
        self._waits_since: tuple[date, datetime] | None = None
        self._watched_since: datetime | None = None

    def look(self) -> None:
        now, reports = self._services.now(), self._services.reports
        self._watched_since = self._watched_since or self._state.first_tick()
        fired = last_fire(self._kind.fires(self._services), now, reports.zone, self._kind.back_days)
        turn = due(fired, now, reports.policy.until, reports.zone, self._watched_since)
        if turn.turn in (Turn.WAIT, Turn.NEW):
            return
        if self._state.reports.fired(self._kind.schedule, turn.day.isoformat()):
            self._follow(turn.day, now)
        elif turn.turn is Turn.SKIP:
            self._skip(turn, now)
        elif self._settled(turn, now):
            self._post(turn, now)

    def _settled(self, turn: Due, now: datetime) -> bool:
        """Was anything looked at since it was due? What cannot be asked is not waited for."""
        last = self._state.last_tick()
        if last is not None and last >= turn.at:
            return True
        if self._waits_since is None or self._waits_since[0] != turn.day:
            self._waits_since = turn.day, now
        return now - self._waits_since[1] >= SETTLES

    def _post(self, turn: Due, now: datetime) -> None:
        late = turn.late if turn.turn is Turn.LATE else timedelta()
        report = replace(self._kind.compose(self._services, now), late=late)
        text, said = self._said(report)
        pages = [self._page(said.key, text, self._where, now), *self._mails(said.key, report, now)]
        how = f"{late.total_seconds() / 60:.0f} min late" if late else "on time"
        self._claim(turn, pages, "posted", how, now, said)

    def _skip(self, turn: Due, now: datetime) -> None:
        """Said once, with why; nothing else is. Where there was never one before, as when this release is new, nobody
        waits for it.
        """
        last = self._state.reports.delivered(self._kind.schedule)
        text = self._kind.words.skipped(turn, now, last)
        page = self._page(f"{self._kind.key(turn.day)}:skipped", text, self._where, now)
        self._claim(turn, [] if last is None else [page], "skipped", text, now)

    def _claim(
        self, turn: Due, pages: list[Queued], act: str, text: str, now: datetime, said: Said | None = None
    ) -> None:
        key = self._kind.key(turn.day)
        with self._state.transaction() as tx:
            if not tx.reports.fire(Fired(self._kind.schedule, turn.day.isoformat(), now)):
                return
            if said is not None:
                tx.reports.put(said)
            tx.pages.add(pages)
            tx.audit.add(record(now, "", f"{self._kind.called} {act}", key, {"text": text}))
        log.info("the %s of %s is %s: %s", self._kind.called, turn.day, act, text, extra={"report": key})

    def _follow(self, day: date, now: datetime) -> None:
        key = self._kind.key(day)
        said = self._state.reports.said(key)
        sent = next((each for each in self._state.pages_of(key) if each.page.channel == REPORT), None)
        if said is None or sent is None or sent.state is not PageState.SENT or not sent.ref:
            return
        below = [(PICTURE, self._kind.words.seen(said.picture) if said.picture else ""), (REST, said.rest)]
        for suffix, text in below if said.whole else ():
            if text and not self._state.pages_of(key + suffix):
                self._queue([self._page(key + suffix, text, sent.ref, now)])
        if not said.whole and now.astimezone(self._services.reports.zone).date() == day:
            self._complete(said, sent, now)

    def _complete(self, said: Said, sent: Queued, now: datetime) -> None:
        report = self._kind.compose(self._services, now)
        if report.later:
            return
        report = replace(report, late=now - said.made_at)
        text, whole = self._said(report)
        self._queue([self._page(said.key + COMPLETED, text, sent.ref, now)], replace(whole, made_at=said.made_at))
        log.info("the %s of %s is completed", self._kind.called, report.day, extra={"report": said.key})

    def _queue(self, pages: list[Queued], said: Said | None = None) -> None:
        with self._state.transaction() as tx:
            if tx.pages.add(pages) and said is not None:
                tx.reports.put(said)

    def _said(self, report: R) -> tuple[str, Said]:
        text, blocks = self._kind.words.card(report)
        said = Said(
            key=self._kind.key(report.day),
            schedule=self._kind.schedule,
            made_at=report.as_of,
            whole=not report.later,
            facts=self._kind.words.facts(report),
            card=blocks,
            rest=self._kind.words.rest(report),
            picture=self._kind.words.picture(report),
        )
        return text, said

    @property
    def _where(self) -> str:
        return self._services.reports.policy.channel or self._channel

    def _page(self, key: str, text: str, target: str, now: datetime) -> Queued:
        return about_no_incident(key, Act.NOTE, REPORT, "", target, text, now, self._wall())

    def _mails(self, key: str, report: R, now: datetime) -> Iterator[Queued]:
        for name in self._services.reports.policy.mail:
            person = self._services.oncall.plan.by_name.get(name)
            target = None if person is None else self._targets(MAIL, person)
            if target is None:
                who = self._kind.called, name
                log.warning("the %s does not reach %s by mail: no such person, address, or mail channel", *who)
                continue
            text = self._kind.words.all(report)
            yield about_no_incident(key, Act.NOTE, MAIL, name, target, text, now, self._wall())
