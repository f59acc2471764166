"""What is known of steps, and of what depends on them: by the same picture and judge as every other answer."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.domain.evidence.observation import DateSpan
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.unseen import DATA, RUNS
from bot.domain.platform.registry import Registry
from bot.domain.reprocessing.checking import Seen
from bot.domain.reprocessing.plan import StepKey
from bot.domain.reprocessing.receipts import Again
from bot.domain.verdicts.validation import Validated
from bot.services.validation import ValidationService

MOST_APART = 7
"""Dates that lie closer are looked at together."""


class StepEvidence:
    """`validation` and `registry` are those in use: they may change while this runs."""

    def __init__(self, validation: Callable[[], ValidationService], registry: Callable[[], Registry]) -> None:
        self._validation, self._registry = validation, registry

    def of(self, keys: Collection[StepKey], now: datetime) -> Mapping[StepKey, Seen]:
        return dict(self._seen(keys, now))

    def blind(self, names: Collection[str]) -> Mapping[str, str]:
        """Why nobody knows what has come of these; those alone."""
        found = self._validation().unread_each(names, RUNS | DATA)
        return {name: why for name, why in found.items() if why}

    def dependents(self, keys: Collection[StepKey], now: datetime) -> Sequence[Again]:
        """What is made directly from these, judged again."""
        registry, asked = self._registry(), set(keys)
        found = {
            StepKey(name, key.data_date)
            for key in keys
            for name in registry.dependents.get(key.processor, ())
            if StepKey(name, key.data_date) not in asked
        }
        return [
            Again(
                processor=key.processor, data_date=key.data_date, verdict=row.verdict.value, because=row.judged.because
            )
            for key, row, _ in sorted(self._judged(found, now), key=lambda each: each[0])
        ]

    def _seen(self, keys: Collection[StepKey], now: datetime) -> Iterator[tuple[StepKey, Seen]]:
        unread = self._validation().unread_each({key.processor for key in keys}, RUNS | DATA)
        for key, row, day in self._judged(keys, now):
            runs = [*day.attempts, *day.under_way.values()]
            file = day.file if day.is_scraper else None
            written = day.loaded_at if file is None else max((at for at, _ in file.seen), default=None)
            yield (
                key,
                Seen(
                    runs=runs,
                    judged=row.judged,
                    rows=day.rows,
                    written_at=written,
                    traced=day.table is not None or file is not None,
                    unread=unread[key.processor],
                ),
            )

    def _judged(self, keys: Collection[StepKey], now: datetime) -> Iterator[tuple[StepKey, Validated, ProcessorDate]]:
        known = self._registry().by_name
        for group in _near(key for key in keys if key.processor in known):
            dates = [key.data_date for key in group]
            names = sorted({key.processor for key in group})
            picture = self._validation().picture(names, DateSpan(min(dates), max(dates)), now)
            for key in group:
                yield key, picture.rows[key], picture.history.day(*key)


def _near(keys: Iterator[StepKey]) -> Iterator[list[StepKey]]:
    """Groups whose dates follow each other closely."""
    by_date: dict[date, list[StepKey]] = defaultdict(list)
    for key in keys:
        by_date[key.data_date].append(key)
    group, last = list[StepKey](), None
    for day in sorted(by_date):
        if last is not None and (day - last).days > MOST_APART:
            yield group
            group = []
        group.extend(by_date[day])
        last = day
    if group:
        yield group
