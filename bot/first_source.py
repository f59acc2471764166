"""The place that `fireline init` is pointed at, as an entry of `sources.yaml`: no question that the data answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from bot.adapters.sources.files import SUFFIXES
from bot.adapters.sources.presets.airflow_platform import airflow_platform
from bot.adapters.sources.presets.airflow_runs import NEEDED
from bot.adapters.sources.presets.dbt import RESULTS
from bot.adapters.sources.presets.dbt_platform import dbt_platform
from bot.adapters.warehouse.columns import GAME_SCHEDULE, PLANNED_WINDOWS, RAW_FILES, RUNS, TABLE_LOADS, FileKind
from bot.adapters.warehouse.headers import Aliases, header_of
from bot.config import zones
from bot.config.sources import ALLOWED, PASSWORD, TABLE, SourceKind
from bot.domain.errors import BadInput
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.described import PlatformDescription
from bot.domain.platform.names import some_of

SQLITE = frozenset({".db", ".sqlite", ".sqlite3"})
CHANGED = ("updated_at", "modified_at", "last_updated", "last_modified", "changed_at", "updated", "modified")
"""Columns that grow with each change of a row, by their usual names."""
BESIDE_RUNS = {TABLE_LOADS: "loaded_at", RAW_FILES: "created_at", GAME_SCHEDULE: None, PLANNED_WINDOWS: None}
"""What else a database may hold in tables that are called so, and the column that tells which of its rows are new."""
MOST_LISTED = 10
REGISTRY_THERE = "registry.yaml of the folder is not used: copy it over the draft, if it is the right one"
DUCKDB = b"DUCK"
"""At byte 8: https://duckdb.org/docs/stable/internals/storage"""
FORMS = "a database address, a folder of dbt artifacts or of exports, or a BigQuery table PROJECT.DATASET.TABLE"


@dataclass(frozen=True)
class Wish:
    """What was said besides the place."""

    query: str | None = None
    table: str | None = None
    level: Literal["task", "dag"] = "task"
    timezone: str | None = None


@dataclass(frozen=True)
class FirstSource:
    """`fields` of the entry that brings runs, `others`: entries of what else is there; `sure`, `guessed` and `missing`:
    what the place shows, in words.
    """

    fields: Mapping[str, Any]
    platform: PlatformDescription = field(default_factory=PlatformDescription)
    sure: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    others: tuple[Mapping[str, Any], ...] = ()


def recognised(place: str, wish: Wish, project: str, endpoint: str) -> FirstSource:
    """`project` and `endpoint`: of BigQuery. Raises BadInput for what is none of these, and for a zone that is none or
    has no use, SourceFailed where it cannot be read.
    """
    zone = wish.timezone
    if zone is not None and not zones.is_known(zone):
        raise BadInput(f"--timezone: {zones.unknown(zone)}.")
    found = _recognised(place, wish, project, endpoint)
    if zone is None:
        return found
    kind = SourceKind(found.fields["kind"])
    if "timezone" not in ALLOWED[kind]:
        raise BadInput(f"--timezone is not for {kind}, whose moments are UTC. Leave it out.")
    entries = [{**each, "timezone": zone} for each in (found.fields, *found.others)]
    return replace(found, fields=entries[0], others=tuple(entries[1:]))


def _recognised(place: str, wish: Wish, project: str, endpoint: str) -> FirstSource:
    path = Path(place).expanduser()
    if path.is_file() and _is_duckdb(path):
        raise BadInput(
            f"{place} is a file of DuckDB, which is no source. Export its tables into a folder, and give that: "
            "EXPORT DATABASE 'FOLDER' (FORMAT parquet)."
        )
    if "://" in place and not place.startswith("bigquery://"):
        return _database(_from_anywhere(place), wish)
    if path.is_file() and path.suffix.casefold() in SQLITE:
        return _database(f"sqlite:///{path.resolve()}", wish)
    if path.is_dir():
        return _folder(path.resolve())
    if not path.exists() and (place.startswith((".", "~")) or "/" in place) and "://" not in place:
        raise BadInput(f"There is no folder {place}: correct the path, or give {FORMS}.")
    if not path.exists() and path.suffix.casefold() in SQLITE:
        raise BadInput(f"There is no file {place}: correct the path, or give {FORMS}.")
    table = place.removeprefix("bigquery://").replace("/", ".")
    if TABLE.fullmatch(table) and not path.exists():
        return _bigquery(table, project, endpoint)
    raise BadInput(f"{place} is nothing that can be read: give {FORMS}.")


def _is_duckdb(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(12)[8:] == DUCKDB


def _from_anywhere(url: str) -> str:
    """A SQLite file by its whole path: `fireline run` may start elsewhere."""
    path = url.removeprefix("sqlite:///")
    return url if path == url else f"sqlite:///{Path(path).resolve()}"


def _folder(path: Path) -> FirstSource:
    if any(path.glob(f"**/*{RESULTS}*.json")):
        missing = ("schedules: dbt has none; its runs show them",)
        sure = ("the folder holds artifacts of dbt",)
        return FirstSource({"name": "dbt", "kind": "dbt", "path": str(path)}, dbt_platform(path), sure, (), missing)
    if any(found.suffix.casefold() in SUFFIXES and found.is_file() for found in path.glob("**/runs*")):
        sure = ("the folder holds files of runs",)
        passed_over = (REGISTRY_THERE,) if (path / "registry.yaml").is_file() else ()
        return FirstSource({"name": "exports", "kind": "files", "path": str(path)}, sure=sure, missing=passed_over)
    raise BadInput(f"{path} holds no run_results.json of dbt and no runs file (runs.parquet, runs.csv, runs.ndjson).")


def _database(url: str, wish: Wish) -> FirstSource:
    from sqlalchemy import inspect

    from bot.adapters.sources.sql_engine import open_engine
    from bot.adapters.sources.sql_errors import explained

    if PASSWORD.search(url):
        raise BadInput(
            "The address holds a password. Write ${NAME} in its place, and set the environment variable NAME."
        )
    engine = open_engine(url)
    try:
        with explained(url), engine.connect() as connection:
            inspector = inspect(connection)
            names = [*inspector.get_table_names(), *inspector.get_view_names()]
            columns = {name: [str(column["name"]) for column in inspector.get_columns(name)] for name in names}
            asked = _columns_of(connection, wish.query) if wish.query else None
    finally:
        engine.dispose()
    if asked is not None and wish.query:
        return _with_others(_sql(url, wish.query, asked), url, columns)
    if set(NEEDED) <= columns.keys() and wish.table is None:
        fields = {"name": "airflow", "kind": "airflow", "url": url, "level": wish.level}
        sure = ("the database is one of Airflow",)
        missing = ("error texts: Airflow's database has none", "records: Airflow does not know them")
        return FirstSource(fields, airflow_platform(url, wish.level), sure, (), missing)
    table = _table(columns, wish.table)
    found = _sql(url, f"SELECT * FROM {table}", columns[table])  # noqa: S608 (a name that the database gave)
    return _with_others(found, url, columns)


def _with_others(found: FirstSource, url: str, columns: Mapping[str, Sequence[str]]) -> FirstSource:
    """With what else the database holds in tables of the names of our own files."""
    others, missing = list[Mapping[str, Any]](), list(found.missing)
    for kind, cursor in BESIDE_RUNS.items():
        table = next((name for name in columns if name.casefold() == kind.stem), None)
        if table is None:
            continue
        lacking = _lacking(columns[table], kind)
        if lacking:
            missing.append(f"{kind.stem}: the table {table} lacks {', '.join(lacking)}")
            continue
        entry = {"name": kind.stem, "kind": "sql", "feeds": kind.stem, "url": url, "query": f"SELECT * FROM {table}"}  # noqa: S608
        if cursor is not None:
            entry["cursor"] = columns[table][_places(columns[table], kind)[cursor][0]]
        others.append(entry)
    named = ", ".join(each["name"] for each in others)
    sure = [*found.sure, *([f"{named}: the tables of that name"] if others else [])]
    return replace(found, others=tuple(others), sure=tuple(sure), missing=tuple(missing))


def _columns_of(connection: Any, query: str) -> list[str]:
    from sqlalchemy import text

    asked = text(f"SELECT * FROM ({query.strip().rstrip(';')}) AS asked LIMIT 0")  # noqa: S608 (the team's own query)
    return [str(name) for name in connection.execute(asked).keys()]  # noqa: SIM118 (no mapping)


def _table(columns: Mapping[str, Sequence[str]], wanted: str | None) -> str:
    """The one whose columns are those of a run history."""
    if wanted is not None:
        if wanted not in columns:
            raise BadInput(f"There is no table {wanted!r}. There are {_listed(columns)}.")
        return wanted
    fitting = [name for name, names in columns.items() if not _lacking(names)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise BadInput(f"Several tables may be the run history: {_listed(fitting)}. Name one with --table.")
    closest = min(columns, key=lambda name: len(_lacking(columns[name])), default=None)
    lacks = f" {closest} comes closest and lacks {', '.join(_lacking(columns[closest]))}." if closest else ""
    raise BadInput(f"No table has the columns of a run history.{lacks} Write a SELECT that gives them: --query.")


def _listed(names: Mapping[str, Any] | Sequence[str]) -> str:
    shown = sorted(names)
    more = len(shown) - MOST_LISTED
    return ", ".join(shown[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "") if shown else "none"


def _places(names: Sequence[str], kind: FileKind = RUNS) -> Mapping[str, tuple[int, ...]]:
    return header_of(kind, names, Aliases(Vocabulary.standard().columns), "the table", one_each=False).places


def _unread(names: Sequence[str]) -> Iterator[str]:
    """What to say of columns that are not asked for, as each costs."""
    read = {place for places in _places(names).values() for place in places}
    others = [name for place, name in enumerate(names) if place not in read]
    if others:
        yield f"columns {some_of(others, MOST_LISTED)} are not read: Fireline has no such column"


def _lacking(names: Sequence[str], kind: FileKind = RUNS) -> list[str]:
    places = _places(names, kind)
    return [column.name for column in kind.columns if column.required and column.name not in places]


def _sql(url: str, query: str, names: Sequence[str]) -> FirstSource:
    fields = {"name": "history", "kind": "sql", "feeds": "runs", "url": url, "query": query}
    return _rows(fields, names, "of each read, everything is read")


def _bigquery(table: str, project: str, endpoint: str) -> FirstSource:
    from bot.adapters.sources.bigquery_client import BigQuery, Place

    client = BigQuery("init", Place(project, 10**10, endpoint))
    try:
        names = [each.name for each in client.table(table).schema]
    finally:
        client.close()
    fields = {"name": "history", "kind": "bigquery", "feeds": "runs", "table": table}
    found = _rows(fields, names, "each read scans the table")
    return replace(found, missing=(*found.missing, *_unread(names)))


def _rows(fields: dict[str, Any], names: Sequence[str], without: str) -> FirstSource:
    lacking = _lacking(names)
    if lacking:
        raise BadInput(f"It lacks {', '.join(lacking)}; it has {', '.join(names)}. Write a SELECT with these names.")
    places = _places(names)
    meant = [f"{ours} is {names[at[0]]}" for ours, at in places.items() if _plain(names[at[0]]) != ours]
    cursor = _cursor(names, places)
    guessed = [f"column {each}, by its name" for each in meant]
    if cursor is None:
        missing = (f"cursor: no column tells which rows are new; {without}",)
        return FirstSource(fields, guessed=tuple(guessed), missing=missing)
    guessed.append(f"cursor: {cursor} grows when a row is new or changes, by its name")
    return FirstSource({**fields, "cursor": cursor}, guessed=tuple(guessed))


def _plain(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", name.strip()).casefold()


def _cursor(names: Sequence[str], places: Mapping[str, tuple[int, ...]]) -> str | None:
    """Rows that are under way have no end, and rows without a cursor are read each time."""
    by_name = {_plain(name): name for name in names}
    changed = next((by_name[name] for name in CHANGED if name in by_name), None)
    if changed is not None:
        return changed
    return next((names[places[each][0]] for each in ("inserted_at", "completed_at") if each in places), None)
