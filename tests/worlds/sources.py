"""Raw files of every source, and the announced backfills."""

from __future__ import annotations

from datetime import date, timedelta

from tests.worlds.clock import at
from tests.worlds.conditions import Conditions
from tests.worlds.fleet import fleet
from tests.worlds.model import Fault, Processor, RawFile
from tests.worlds.recorder import Recorder, second
from tests.worlds.season import Season

OLD_DATE = date(2026, 1, 2)
LEAD_HOURS = (0.2, 0.3)


def raw_files(season: Season, conditions: Conditions, recorder: Recorder) -> None:
    """One file for each source and date that has data, sometimes an empty one on a date without games."""
    random = recorder.random
    scraped = {
        (row.processor, row.day): row.completed
        for row in reversed(recorder.pieces.runs)
        if row.status == "success" and row.records and fleet()[row.processor].scraper
    }
    for source, reader in {one.source: one for one in fleet().values() if one.source and not one.scraper}.items():
        scraper = next((one for one in fleet().values() if one.scraper and one.source == source), None)
        for day in season.days:
            if conditions.dated(reader.name, day, "zero_records_scraper") or source is None:
                continue
            games = season.count(day)
            if reader.per_game and not games:
                if scraper is None and random.random() < 0.35:
                    recorder.pieces.raw.append(
                        RawFile(source, day, "empty.json", random.randint(2, 150), second(at(day, 22.8)))
                    )
                continue
            slot = reader.slots[1] if reader.frequency == "post" else reader.slots[0]
            moment = at(day, slot - random.uniform(*LEAD_HOURS))
            if scraper is not None:
                if (scraper.name, day) not in scraped:
                    continue
                moment = scraped[scraper.name, day]
            size = round(random.uniform(0.3, 1.0) * 90_000 * (games if reader.per_game else 2.5) + 15_000)
            recorder.pieces.raw.append(RawFile(source, day, "data.json", size, second(moment)))


def backfill(recorder: Recorder, processor: Processor, fault: Fault) -> None:
    """Announced bulk runs over old dates: slow, and nearly a third fail."""
    if fault.window is None:
        return
    random = recorder.random
    for number in range(120):
        day, moment = OLD_DATE - timedelta(days=number), fault.window[0] + timedelta(seconds=140 * number)
        category = random.choices((None, "processing_error", "timeout", "no_data_available"), (72, 9, 8, 11))[0]
        seconds = recorder.seconds(processor, 1.0 if category else 2.6)
        if category:
            recorder.fail(processor, day, moment, seconds, category, trigger="backfill")
        else:
            records = random.randint(60, 259)
            recorder.run(processor, day, moment, seconds, "success", records=records, trigger="backfill")
