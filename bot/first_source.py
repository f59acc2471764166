"""The place that `fireline init` is pointed at, as an entry of `sources.yaml`: no question that the data answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.adapters.sources.files import SUFFIXES
from bot.adapters.sources.presets.airflow_platform import airflow_platform
from bot.adapters.sources.presets.airflow_runs import NEEDED
from bot.adapters.sources.presets.dbt import RESULTS
from bot.adapters.sources.presets.dbt_platform import dbt_platform
from bot.adapters.warehouse.headers import Aliases, header_of, refuse_unmapped
from bot.config import zones
from bot.config.sources import ALLOWED, PASSWORD, TABLE, SourceKind
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import (
    GAME_SCHEDULE,
    PLANNED_WINDOWS,
    RAW_FILES,
    RUNS,
    TABLE_LOADS,
    FileKind,
    unknown_column,
)
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.described import PlatformDescription
from bot.domain.platform.names import some_of

if TYPE_CHECKING:
    from sqlalchemy import Inspector

SQLITE = frozenset({".db", ".sqlite", ".sqlite3"})
CHANGED = ("updated_at", "modified_at", "last_updated", "last_modified", "changed_at", "updated", "modified")
"""Columns that grow with each change of a row, by their usual names."""
BESIDE_RUNS = {TABLE_LOADS: "loaded_at", RAW_FILES: "created_at", GAME_SCHEDULE: None, PLANNED_WINDOWS: None}
"""What else a database may hold in tables that are called so, and the column that tells which of its rows are new."""
MOST_LISTED = 10
REGISTRY_THERE = "registry.yaml of the folder is not used: copy it over the draft, if it is the right one"
DUCKDB = b"DUCK"
"""At byte 8: https://duckdb.org/docs/stable/internals/storage"""
OF_THE_SYSTEM = re.compile("information_schema$|pg_|mysql$|performance_schema$|sys$", re.IGNORECASE)
"""Schemas in which nobody keeps a history."""
SAY_COLUMNS = "Say what each is called there: --column processor_name=JOB"
FIXED_COLUMNS = (SourceKind.AIRFLOW, SourceKind.DBT)
FORMS = "a database address, a folder of dbt artifacts or of exports, or a BigQuery table PROJECT.DATASET.TABLE"


@dataclass(frozen=True)
class Wish:
    """What was said besides the place. `columns`: ours -> theirs."""

    query: str | None = None
    table: str | None = None
    level: Literal["task", "dag"] = "task"
    timezone: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Table:
    """`quoted`: its name as a query has it."""

    quoted: str
    columns: Sequence[str]


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
    for name in wish.columns:
        if said := unknown_column(name, [RUNS]):
            raise BadInput(f"--column: {said}")
    found = _recognised(place, wish, project, endpoint)
    kind = SourceKind(found.fields["kind"])
    if wish.columns:
        if kind in FIXED_COLUMNS:
            raise BadInput(f"--column is not for {kind}, whose columns are known. Leave it out.")
        found = replace(found, fields={**found.fields, "columns": dict(wish.columns)})
    if zone is None:
        return found
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
        return _bigquery(table, wish, project, endpoint)
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
            tables = _tables(inspect(connection), wish)
            asked = _columns_of(connection, wish.query) if wish.query else None
    finally:
        engine.dispose()
    if asked is not None and wish.query:
        return _with_others(_sql(url, wish.query, asked, wish), url, "", tables)
    if set(NEEDED) <= tables.keys() and wish.table is None:
        fields = {"name": "airflow", "kind": "airflow", "url": url, "level": wish.level}
        sure = ("the database is one of Airflow",)
        missing = ("error texts: Airflow's database has none", "records: Airflow does not know them")
        return FirstSource(fields, airflow_platform(url, wish.level), sure, (), missing)
    name = _table(tables, wish)
    found = _sql(url, f"SELECT * FROM {tables[name].quoted}", tables[name].columns, wish)  # noqa: S608 (of the database)
    return _with_others(found, url, name.rpartition(".")[0], tables)


def _tables(inspector: "Inspector", wish: Wish) -> dict[str, _Table]:
    """By name. Those of the other schemas, as SCHEMA.TABLE, where the usual one has none that may be meant."""
    found = _of_schema(inspector, None)
    if wish.query or (wish.table in found if wish.table else set(NEEDED) <= found.keys() or _fitting(found, wish)):
        return found
    for schema in inspector.get_schema_names():
        if schema != inspector.default_schema_name and not OF_THE_SYSTEM.match(schema):
            found |= _of_schema(inspector, schema)
    return found


def _of_schema(inspector: "Inspector", schema: str | None) -> dict[str, _Table]:
    from sqlalchemy.engine.reflection import ObjectKind

    quote = inspector.dialect.identifier_preparer.quote
    found = {}
    for (_, table), columns in inspector.get_multi_columns(schema, kind=ObjectKind.ANY).items():
        parts = [part for part in (schema, table) if part]
        found[".".join(parts)] = _Table(".".join(map(quote, parts)), [str(column["name"]) for column in columns])
    return found


def _with_others(found: FirstSource, url: str, schema: str, tables: Mapping[str, _Table]) -> FirstSource:
    """With what else the schema holds in tables of the names of our own files."""
    others, missing = list[Mapping[str, Any]](), list(found.missing)
    for kind, cursor in BESIDE_RUNS.items():
        ours = f"{schema}.{kind.stem}" if schema else kind.stem
        name = next((name for name in tables if name.casefold() == ours.casefold()), None)
        if name is None:
            continue
        columns = tables[name].columns
        lacking = _lacking(columns, kind)
        if lacking:
            missing.append(f"{kind.stem}: the table {name} lacks {', '.join(lacking)}")
            continue
        query = f"SELECT * FROM {tables[name].quoted}"  # noqa: S608 (of the database)
        entry = {"name": kind.stem, "kind": "sql", "feeds": kind.stem, "url": url, "query": query}
        if cursor is not None:
            entry["cursor"] = columns[_places(columns, kind)[cursor][0]]
        others.append(entry)
    named = ", ".join(each["name"] for each in others)
    sure = [*found.sure, *([f"{named}: the tables of that name"] if others else [])]
    return replace(found, others=tuple(others), sure=tuple(sure), missing=tuple(missing))


def _columns_of(connection: Any, query: str) -> list[str]:
    from sqlalchemy import text

    asked = text(f"SELECT * FROM ({query.strip().rstrip(';')}) AS asked LIMIT 0")  # noqa: S608 (the team's own query)
    return [str(name) for name in connection.execute(asked).keys()]  # noqa: SIM118 (no mapping)


def _table(tables: Mapping[str, _Table], wish: Wish) -> str:
    """The one whose columns are those of a run history."""
    if wish.table is not None:
        if wish.table not in tables:
            raise BadInput(f"There is no table {wish.table!r}. There are {_listed(tables)}.")
        return wish.table
    fitting = _fitting(tables, wish)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise BadInput(f"Several tables may be the run history: {_listed(fitting)}. Name one with --table.")
    lacking = {name: _lacking(table.columns, RUNS, wish.columns) for name, table in tables.items()}
    closest = min(lacking, key=lambda name: len(lacking[name]), default=None)
    lacks = f" {closest} comes closest and lacks {', '.join(lacking[closest])}." if closest else ""
    raise BadInput(f"No table has the columns of a run history.{lacks} {SAY_COLUMNS}, or write a SELECT: --query.")


def _fitting(tables: Mapping[str, _Table], wish: Wish) -> list[str]:
    return [name for name, table in tables.items() if not _lacking(table.columns, RUNS, wish.columns)]


def _listed(names: Mapping[str, Any] | Sequence[str]) -> str:
    shown = sorted(names)
    more = len(shown) - MOST_LISTED
    return ", ".join(shown[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "") if shown else "none"


def _places(
    names: Sequence[str], kind: FileKind = RUNS, mapped: Mapping[str, str] | None = None
) -> Mapping[str, tuple[int, ...]]:
    """`mapped`: ours -> theirs, of which a table that is not the one meant may have none."""
    there = {_plain(name) for name in names}
    mapped = {ours: theirs for ours, theirs in (mapped or {}).items() if _plain(theirs) in there}
    return header_of(kind, names, Aliases(Vocabulary.standard().columns, mapped), "the table", one_each=False).places


def _unread(names: Sequence[str], wish: Wish) -> Iterator[str]:
    """What to say of columns that are not asked for, as each costs."""
    read = {place for places in _places(names, RUNS, wish.columns).values() for place in places}
    others = [name for place, name in enumerate(names) if place not in read]
    if others:
        yield f"columns {some_of(others, MOST_LISTED)} are not read: Fireline has no such column"


def _lacking(names: Sequence[str], kind: FileKind = RUNS, mapped: Mapping[str, str] | None = None) -> list[str]:
    places = _places(names, kind, mapped)
    return [column.name for column in kind.columns if column.required and column.name not in places]


def _sql(url: str, query: str, names: Sequence[str], wish: Wish) -> FirstSource:
    fields = {"name": "history", "kind": "sql", "feeds": "runs", "url": url, "query": query}
    return _rows(fields, names, wish, "of each read, everything is read")


def _bigquery(table: str, wish: Wish, project: str, endpoint: str) -> FirstSource:
    from bot.adapters.sources.bigquery_client import BigQuery, Place

    client = BigQuery("init", Place(project, 10**10, endpoint))
    try:
        names = [each.name for each in client.table(table).schema]
    finally:
        client.close()
    fields = {"name": "history", "kind": "bigquery", "feeds": "runs", "table": table}
    found = _rows(fields, names, wish, "each read scans the table")
    return replace(found, missing=(*found.missing, *_unread(names, wish)))


def _rows(fields: dict[str, Any], names: Sequence[str], wish: Wish, without: str) -> FirstSource:
    refuse_unmapped(names, Aliases({}, wish.columns), "it")
    lacking = _lacking(names, RUNS, wish.columns)
    if lacking:
        raise BadInput(f"It lacks {', '.join(lacking)}; it has {', '.join(names)}. {SAY_COLUMNS}.")
    places = _places(names, RUNS, wish.columns)
    meant = [
        f"{ours} is {names[at[0]]}"
        for ours, at in places.items()
        if ours not in wish.columns and _plain(names[at[0]]) != ours
    ]
    guessed, cursor = [f"column {each}, by its name" for each in meant], _cursor(names, places)
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
