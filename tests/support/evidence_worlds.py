"""Generated worlds of a small fleet: dates that go well or ill, feeds that lack, end, or have rows nobody can read."""

from datetime import date, timedelta
from random import Random

from tests.support.builders import DAY, PROCESSORS, Row, World, at, failed, game, loaded, raw_file, registry, run

DAYS = [DAY + timedelta(days=ahead) for ahead in range(6)]
FLEET: list[Row] = [
    *(entry for entry in PROCESSORS if entry["name"] != "Poller"),
    {"name": "Hundreds", "phase": 2, "table": "raw.hundreds", "schedule_hours_et": [8.0], "per_game": False,
     "expected_records": {"per_game": False, "min": 100}},
    {"name": "Untraced", "phase": 2, "schedule_hours_et": [26.0], "per_game": True},
    {"name": "Unscheduled", "phase": 2, "table": "raw.odd", "per_game": True},
    {"name": "GameDaysOnly", "phase": 2, "table": "raw.only", "schedule_hours_et": [9.0], "per_game": False,
     "runs_on_no_game_days": False},
]  # fmt: skip
KNOWN = registry(FLEET)
NAMES = [processor.name for processor in KNOWN.processors]
TABLES = [processor.bigquery_table for processor in KNOWN.processors if processor.bigquery_table]
STARTS = {"BoxScraper": 28.0, "Box": 30.0, "Daily": 13.0, "Summary": 33.0, "Untraced": 31.0, "GameDaysOnly": 14.0}


def dates(chance: Random, name: str, day: date) -> tuple[list[Row], list[Row], list[Row]]:
    """Runs, loads and files of one (processor, date)."""
    kind = chance.choice(["well", "well", "well", "zero", "fails", "crashes", "silent", "late", "corrected", "emptied"])
    start, table = STARTS.get(name, 30.0), KNOWN.by_name[name].bigquery_table
    told = run(f"{name}{day}", name, start=start + (40 if kind == "late" else 0), day=day)
    taken_back = failed(f"{name}{day}", name, start=start, day=day, inserted_at=at(start + 20, day))
    runs = {
        "zero": [{**told, "records_processed": 0}],
        "fails": [failed(f"{name}{day}", name, start=start, day=day)],
        "crashes": [
            failed(f"{name}{day}{late}", name, "processing_error", "KeyError", start=start + late / 5, day=day)
            for late in range(4)
        ],
        "corrected": [told, taken_back],
        "silent": [],
    }.get(kind, [told])
    there = kind in ("well", "late", "emptied") or chance.random() < 0.2
    when = start + (40.2 if kind == "late" else 0.2)
    loads = [loaded(table, hours=when, day=day, rows=chance.choice([100, 100, 30, 0]))] if there and table else []
    if kind == "emptied" and table:
        loads = [loaded(table, hours=when, day=day), loaded(table, rows=0, hours=when + 9, day=day)]
        words = chance.choice(["no_data_available", None])
        runs += [
            failed(f"{name}{day}{late}", name, words, "no data", start=when + late, day=day) for late in (1, 5, 12)
        ]
    source = KNOWN.by_name[name].source
    size = chance.choice([5_000, 5_000, 50])
    files = [raw_file(source, hours=when - 1, day=day, size=size)] if there and source else []
    return runs, loads, files


def games(chance: Random) -> list[Row]:
    """Dates are played, put off, or without games; the calendar may lack, or end before the others do."""
    found = []
    for day in DAYS[: chance.choice([0, len(DAYS), len(DAYS), 3])]:
        played, off = game(f"G{day}", day), {**game(f"O{day}", day), "final_utc": None}
        found += chance.choice([[played], [played], [off], [], [played, off]])
    return found


def world_of(seed: int) -> World:
    """Tables may be missing, there may be no raw files; each feed, or all of a kind, may end before the runs do. A
    processor may be registered before its first date, or never have run.
    """
    chance = Random(seed)
    begins = {name: chance.choice([0, 0, 0, 3, len(DAYS)]) for name in NAMES}
    made = [dates(chance, name, day) for name in NAMES for day in DAYS[begins[name] :]]
    gone = chance.sample(TABLES, chance.randrange(4))
    loads = [row for _, rows, _ in made for row in rows if row["table_name"] not in gone]
    files = [row for _, _, rows in made for row in rows] if chance.random() < 0.7 else []
    files = ended(chance, files, "source")
    return World(
        runs=[row for rows, _, _ in made for row in rows],
        table_loads=spoiled(chance, ended(chance, loads, "table_name"), "row_count", "loaded_at"),
        raw_files=[raw_file("anchor", hours=1, day=DAYS[0]), *spoiled(chance, files, "size_bytes", "created_at")]
        if files
        else [],
        game_schedule=games(chance),
        processors=FLEET,
    )


def ended(chance: Random, rows: list[Row], feed: str) -> list[Row]:
    """The feeds of a kind may all end, or each by itself."""
    until = chance.choice([DAYS[-1], DAYS[-1], DAYS[1]])
    last = {
        name: chance.choice([DAYS[-1], DAYS[-1], DAYS[-1], DAYS[2]]) for name in sorted({row[feed] for row in rows})
    }
    return [row for row in rows if row["data_date"] <= min(until, last[row[feed]])]


def spoiled(chance: Random, rows: list[Row], size: str, moment: str) -> list[Row]:
    """One value of some rows, not of the first, cannot be read: how much came, when, or for which date."""
    odd = {size: "many", moment: "soon", "data_date": "some day"}
    chosen = ["" if row is rows[0] else chance.choice(["", "", "", "", "", *odd]) for row in rows]
    return [{**row, name: odd[name]} if name else row for row, name in zip(rows, chosen, strict=True)]
