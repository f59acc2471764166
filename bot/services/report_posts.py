"""Post reports: each is claimed by its date in the transaction that queues its pages, whichever process is first.

After the digest comes what belongs into its thread; where something could not be asked, the whole one replaces it.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.audit import record
from bot.domain.delivery import Act, PageState, Queued
from bot.domain.escalation.pages import Targets, about_no_incident
from bot.domain.reports.daily import DailyReport
from bot.domain.reports.policy import Due, Turn, due, last_fire
from bot.domain.reports.said import COMPLETED, REST, Fired, Said
from bot.domain.reports.summaries import written
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.app import AppServices
from bot.services.reports import DAILY

REPORT, MAIL = "report", "mail"
"""The channels: to where reports are posted, and to people."""
SETTLES = timedelta(seconds=90)
"""So long what is new since a start, or since the report was due, is waited for."""
BACK_DAYS = 2
log = logging.getLogger("fireline.reports")


@dataclass(frozen=True)
class Words:
    """What reports say. `card`: the text and the blocks (JSON) that everybody sees, `rest`: what goes into the thread,
    `all`: everything as one text; `skipped`: that there was none.
    """

    card: Callable[[DailyReport], tuple[str, str]]
    rest: Callable[[DailyReport], str]
    all: Callable[[DailyReport], str]
    skipped: Callable[[Due, datetime, Said | None], str]


class ReportPosts:
    """`services` are asked each time: they are renewed with the configuration. `wall` is the time by which pages are
    sent; `channel` is where incidents are posted.
    """

    name = "daily digest"

    def __init__(
        self, services: AppServices, state: State, targets: Targets, words: Words, wall: Clock, channel: str
    ) -> None:
        self._services, self._state, self._targets, self._words = services, state, targets, words
        self._wall, self._channel = wall, channel
        self._waits_since: tuple[date, datetime] | None = None
        self._watched_since: datetime | None = None

    def look(self) -> None:
        now, reports = self._services.now(), self._services.reports
        self._watched_since = self._watched_since or self._state.first_tick()
        fired = last_fire(reports.fires, now, reports.zone, BACK_DAYS)
        turn = due(fired, now, reports.policy.until, reports.zone, self._watched_since)
        if turn.turn in (Turn.WAIT, Turn.NEW):
            return
        if self._state.reports.fired(DAILY, turn.day.isoformat()):
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
        report = replace(self._services.reports.daily(now), late=late)
        text, said = self._said(report)
        pages = [self._page(said.key, text, self._where, now), *self._mails(said.key, report, now)]
        how = f"{late.total_seconds() / 60:.0f} min late" if late else "on time"
        self._claim(turn, pages, "posted", how, now, said)

    def _skip(self, turn: Due, now: datetime) -> None:
        """Said once, with why; nothing else is."""
        text = self._words.skipped(turn, now, self._state.reports.delivered(DAILY))
        page = self._page(f"{key_of(turn.day)}:skipped", text, self._where, now)
        self._claim(turn, [page], "skipped", text, now)

    def _claim(
        self, turn: Due, pages: list[Queued], act: str, text: str, now: datetime, said: Said | None = None
    ) -> None:
        with self._state.transaction() as tx:
            if not tx.reports.fire(Fired(DAILY, turn.day.isoformat(), now)):
                return
            if said is not None:
                tx.reports.put(said)
            tx.pages.add(pages)
            tx.audit.add(record(now, "", f"digest {act}", key_of(turn.day), {"text": text}))
        log.info("the digest of %s is %s: %s", turn.day, act, text, extra={"report": key_of(turn.day)})

    def _follow(self, day: date, now: datetime) -> None:
        key = key_of(day)
        said = self._state.reports.said(key)
        sent = next((each for each in self._state.pages_of(key) if each.page.channel == REPORT), None)
        if said is None or sent is None or sent.state is not PageState.SENT or not sent.ref:
            return
        if said.rest and said.whole and not self._state.pages_of(key + REST):
            self._queue([self._page(key + REST, said.rest, sent.ref, now)])
        if not said.whole and now.astimezone(self._services.reports.zone).date() == day:
            self._complete(said, sent, now)

    def _complete(self, said: Said, sent: Queued, now: datetime) -> None:
        report = self._services.reports.daily(now)
        if report.later:
            return
        report = replace(report, late=now - said.made_at)
        text, whole = self._said(report)
        self._queue([self._page(said.key + COMPLETED, text, sent.ref, now)], replace(whole, made_at=said.made_at))
        log.info("the digest of %s is completed", report.day, extra={"report": said.key})

    def _queue(self, pages: list[Queued], said: Said | None = None) -> None:
        with self._state.transaction() as tx:
            if tx.pages.add(pages) and said is not None:
                tx.reports.put(said)

    def _said(self, report: DailyReport) -> tuple[str, Said]:
        text, blocks = self._words.card(report)
        said = Said(
            key=key_of(report.day),
            schedule=DAILY,
            made_at=report.as_of,
            whole=not report.later,
            facts=written(report.summary),
            card=blocks,
            rest=self._words.rest(report),
        )
        return text, said

    @property
    def _where(self) -> str:
        return self._services.reports.policy.channel or self._channel

    def _page(self, key: str, text: str, target: str, now: datetime) -> Queued:
        return about_no_incident(key, Act.NOTE, REPORT, "", target, text, now, self._wall())

    def _mails(self, key: str, report: DailyReport, now: datetime) -> Iterator[Queued]:
        for name in self._services.reports.policy.mail:
            person = self._services.oncall.plan.by_name.get(name)
            target = None if person is None else self._targets(MAIL, person)
            if target is None:
                log.warning("the digest does not reach %s by mail: no such person, address, or mail channel", name)
                continue
            text = self._words.all(report)
            yield about_no_incident(key, Act.NOTE, MAIL, name, target, text, now, self._wall())


def key_of(day: date) -> str:
    return f"digest:{day.isoformat()}"
