"""Which adapter reads a source: the part of the composition root that `sources.yaml` speaks to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.adapters.clock import epoch_seconds
from bot.adapters.sources.files import FilesSource
from bot.adapters.sources.google_buckets import GoogleBuckets
from bot.adapters.sources.objects import ObjectsSource, Pattern
from bot.adapters.sources.places import FsspecPlaces, LocalPlaces, Places, scheme_of
from bot.adapters.sources.presets.airflow import airflow_source
from bot.adapters.sources.presets.dbt import dbt_source
from bot.adapters.sources.push import PushSource
from bot.adapters.sources.sql import Question, SqlSource
from bot.adapters.warehouse.headers import Aliases, header_of, refuse_lacking
from bot.adapters.warehouse.plain_rows import PLAIN, PlainRows
from bot.adapters.warehouse.values import Meaning
from bot.config.chosen_sources import sources_in_use
from bot.config.policy import load_policy
from bot.config.settings import Settings
from bot.config.sources import SourceEntry, SourceKind
from bot.domain.evidence.columns import RUNS, kind_of
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.registry import Registry
from bot.domain.sources import ZONE_UNSAID, Feed, zone_assumed
from bot.ports.pushed import Pushed
from bot.ports.sources import Source
from bot.services.loading import hints_of
from bot.services.sources import Connected

if TYPE_CHECKING:
    from bot.adapters.sources.bigquery_client import Place
    from bot.adapters.sources.bigquery_inside import Beside


def connected_sources(
    settings: Settings, registry: Callable[[], Registry], beside: str | None = None
) -> list[Connected]:
    """The sources of the configuration, none without its file. Nothing is connected to yet. `beside`: the data set of
    the warehouse, where that is in BigQuery. Raises ConfigError.
    """
    policy = load_policy(settings.config / "policy.yaml")
    found = []
    for entry in sources_in_use(settings):
        vocabulary = entry.vocabulary(policy.vocabulary)
        hints = hints_of(policy.failure_text_rules, vocabulary, entry.clock)
        given = entry, vocabulary, hints.fingerprint
        found.append(Connected(entry.plan, _source(entry, vocabulary, settings, registry, beside), hints, given))
    return found


def _source(
    entry: SourceEntry, vocabulary: Vocabulary, settings: Settings, registry: Callable[[], Registry], beside: str | None
) -> Source:
    if entry.kind is SourceKind.FILES:
        path, bucket = str(entry.path).removeprefix("file://"), None
        if scheme_of(path) != "file":
            bucket = places()(scheme_of(path))
        remarks = remarks_of(entry, vocabulary)
        return FilesSource(
            path, entry.feeds, entry.lateness, entry.columns, epoch_seconds, bucket=bucket, remarks=remarks
        )
    if entry.kind is SourceKind.OBJECTS:
        return ObjectsSource(entry.name, lambda: patterns_of(registry()), places(), entry.lateness, entry.days)
    if entry.kind is SourceKind.BIGQUERY:
        return _bigquery(entry, vocabulary, settings, beside_of(entry, vocabulary, registry, beside))
    if entry.kind is SourceKind.BIGQUERY_TABLES:
        return _bigquery_tables(entry, settings, registry)
    if entry.kind is SourceKind.AIRFLOW:
        return airflow_source(entry.name, str(entry.url), entry.level, entry.lateness)
    if entry.kind is SourceKind.DBT:
        return dbt_source(str(entry.path), entry.lateness, epoch_seconds)
    if entry.kind is SourceKind.PUSH:
        return PushSource(entry.name, partial(pushed_events, settings))
    assert entry.feeds is not None
    zone = ZoneInfo(entry.clock or ZONE_UNSAID)
    question = Question(str(entry.query), entry.cursor, entry.cursor_type, entry.lateness, zone=zone)
    chosen, remarks = chosen_of(entry, vocabulary), remarks_of(entry, vocabulary)
    return SqlSource(entry.name, entry.feeds, str(entry.url), question, entry.columns, chosen=chosen, remarks=remarks)


def remarks_of(entry: SourceEntry, vocabulary: Vocabulary) -> Callable[[Path, str], str] | None:
    """What there is to say of a file of a source's rows: of moments without a zone. None where it is said which it is:
    no file need be looked at.
    """
    if entry.clock is not None:
        return None

    def remarks(path: Path, stem: str) -> str:
        from bot.adapters.warehouse.zoneless import zoneless_in

        found = zoneless_in(path, stem, Aliases(vocabulary.columns, entry.columns))
        return zone_assumed(stem, found) if found else ""

    return remarks


def pushed_events(settings: Settings) -> Pushed | None:
    """What the web part keeps of what it was sent: it is in the state. None: there was no state yet to keep it."""
    from bot.adapters.state.database import open_engine
    from bot.adapters.state.pushed import SqlPushed

    address = settings.database_url.get_secret_value()
    if not address and not settings.state_file.exists():
        return None
    return SqlPushed(open_engine(address or settings.state_file))


def places() -> Callable[[str], Places]:
    """What reads a scheme, made when it is first asked for."""

    @cache
    def of(scheme: str) -> Places:
        if scheme == "file":
            return LocalPlaces()
        if scheme == "gs":
            return GoogleBuckets()
        return FsspecPlaces(scheme)

    return of


def patterns_of(registry: Registry) -> list[Pattern]:
    """The pattern of each source's raw files."""
    named = (each for each in registry.processors if each.raw_path and each.source)
    return sorted({Pattern(str(each.source), str(each.raw_path)) for each in named})


def _place(entry: SourceEntry, settings: Settings) -> "Place":
    from bot.adapters.sources.bigquery_client import Place

    return Place(entry.project or settings.bigquery_project, entry.max_bytes, settings.bigquery_endpoint)


def _bigquery_tables(entry: SourceEntry, settings: Settings, registry: Callable[[], Registry]) -> Source:
    from bot.adapters.sources.bigquery_client import BigQuery
    from bot.adapters.sources.bigquery_tables import BigQueryTablesSource, Span

    span = Span(entry.lateness, entry.days, entry.every)
    client = BigQuery(entry.name, _place(entry, settings))
    return BigQueryTablesSource(entry.name, client, lambda: tables_of(registry()), span)


def tables_of(registry: Registry) -> dict[str, str]:
    """The table of each processor -> the column of its dates."""
    return {
        processor.bigquery_table: processor.date_column
        for processor in reversed(registry.processors)
        if processor.bigquery_table
    }


def beside_of(
    entry: SourceEntry, vocabulary: Vocabulary, registry: Callable[[], Registry], dataset: str | None
) -> "Beside | None":
    """How the rows of a source go into the warehouse without coming here: those of runs do."""
    from bot.adapters.sources.bigquery_inside import Beside

    if dataset is None or entry.feeds is not Feed.RUNS:
        return None

    def plain(types: Mapping[str, str], now: datetime) -> str:
        clean = [processor.name for processor in registry().processors]
        meaning = Meaning(vocabulary, registry().timezone, now, entry.columns, entry.clock)
        return PlainRows(RUNS, types, meaning, entry.name, clean).test()

    return Beside(dataset, plain, PLAIN)


def _bigquery(entry: SourceEntry, vocabulary: Vocabulary, settings: Settings, beside: "Beside | None") -> Source:
    from bot.adapters.sources.bigquery import BigQuerySource
    from bot.adapters.sources.bigquery_asked import Question as Asking
    from bot.adapters.sources.bigquery_client import BigQuery
    from bot.adapters.sources.bigquery_cost import Budget

    assert entry.feeds is not None
    question = Asking(
        of=str(entry.table or entry.query),
        is_query=entry.table is None,
        cursor=entry.cursor,
        partition=entry.partition,
        lateness=entry.lateness,
        reach=entry.reach,
        days=entry.days,
        every=entry.every,
        budget=Budget(entry.max_bytes, entry.usd_a_month),
        zone=ZoneInfo(entry.clock or ZONE_UNSAID),
    )
    stem = entry.feeds.value

    def remarks(types: Mapping[str, str], now: datetime) -> str:
        meaning = Meaning(vocabulary, ZONE_UNSAID, now, entry.columns)
        found = () if entry.clock else PlainRows(kind_of(stem), types, meaning, entry.name).zoneless()
        return zone_assumed(stem, found) if found else ""

    client = BigQuery(entry.name, _place(entry, settings))
    return BigQuerySource(
        entry.name,
        entry.feeds,
        client,
        question,
        entry.columns,
        chosen_of(entry, vocabulary),
        beside=beside,
        remarks=remarks,
    )


def chosen_of(entry: SourceEntry, vocabulary: Vocabulary) -> Callable[[Sequence[str]], list[str]]:
    """Of the columns that a table has, those that tell something of what it feeds. Raises BadInput for a mapping to
    one that is not there, and where one is missing without which no row can be used.
    """
    assert entry.feeds is not None
    kind = kind_of(entry.feeds.value)

    def chosen(names: Sequence[str]) -> list[str]:
        aliases, asked = Aliases(vocabulary.columns, entry.columns), "the table" if entry.query is None else "the query"
        header = header_of(kind, names, aliases, asked)
        refuse_lacking(kind, header, aliases, asked)
        return [names[place] for place in sorted({place for each in header.places.values() for place in each})]

    return chosen
