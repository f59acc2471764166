"""A registry for data that comes without one: the whole history is read once, and the registry drafted from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.clock import system_clock
from bot.config.chosen_registry import known_registry, registry_of
from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.config.settings import Settings
from bot.domain.errors import BadInput, LacksColumn
from bot.domain.platform.described import PlatformDescription
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.platform.registry import Registry
from bot.domain.sources import Feed, SourceFailed
from bot.first_source import SAY_COLUMNS
from bot.opening import loading_service, warehouse
from bot.ports.warehouse import Warehouse
from bot.services.registry_draft import DraftRegistry, draft
from bot.services.sources import SourcesService, SyncReport
from bot.source_adapters import connected_sources

Facts = list[ProcessorFacts]


@dataclass(frozen=True)
class FirstRead:
    """What the first reads brought: rows of all kinds, `runs` among them, and the names in its rows."""

    report: SyncReport
    runs: int
    names: Mapping[Feed, frozenset[str]]


def first_draft(settings: Settings, folder: Path, platform: PlatformDescription) -> tuple[DraftRegistry, FirstRead]:
    """A registry drafted from all that the sources in `folder` bring. Raises SourceFailed, and BadInput where rows lack
    a column, with how to name it: nobody has a sources.yaml yet.
    """
    reads: list[FirstRead] = []

    def read(here: Settings, opened: Warehouse, registry: Registry) -> None:
        connected = connected_sources(here, lambda: registry)
        service = SourcesService(opened, connected, lambda: registry, system_clock)
        try:
            found = [service.sync(each.plan.name) for each in connected]
            marks = opened.source_marks().values()
            names: dict[Feed, frozenset[str]] = {}
            for feed, brought in (each for mark in marks for each in mark.brings.items()):
                names[feed] = names.get(feed, frozenset()) | brought
            reads.append(FirstRead(_together(found), opened.history().runs, names))
        finally:
            service.close()

    try:
        drafted = _drafted(settings.model_copy(update={"config": folder}), read, platform)
    except SourceFailed as error:
        if isinstance(error.__cause__, LacksColumn):
            raise BadInput(f"{error.reason}. {SAY_COLUMNS}.") from error
        raise
    return drafted, reads[-1]


def _together(found: Sequence[SyncReport]) -> SyncReport:
    rows, rejected = sum(each.rows for each in found), sum(each.rejected for each in found)
    warnings = tuple(warning for each in found for warning in each.warnings)
    reasons = tuple(reason for each in found for reason in each.reasons)
    return replace(found[0], rows=rows, rejected=rejected, warnings=warnings, reasons=reasons)


def registry_to_load(
    settings: Settings, directory: Path, stored: Callable[[], str | None]
) -> tuple[Registry, tuple[str, ...]]:
    """The registry for the data of a folder, and what to tell about it. Where nothing names one, the bundled one if the
    data is of its platform, else one that is drafted from the data.
    """
    known = known_registry(settings, directory, stored)
    if known is not None:
        return known
    bundled, warnings = registry_of(settings)
    policy = load_policy(settings.config / "policy.yaml")

    def read(_here: Settings, opened: Warehouse, registry: Registry) -> None:
        service = loading_service(opened, settings)
        service.load(directory, registry, system_clock(), lambda _step, _rows: None)

    drafted = _drafted(settings, read, PlatformDescription())
    lacking = f"{directory.name} has no registry.yaml:"
    if not drafted.processors or any(entry.name in bundled.by_name for entry in drafted.processors):
        return bundled, (f"{lacking} the bundled registry is used; add yours (`fireline registry draft`)", *warnings)
    with TemporaryDirectory(prefix="fireline-") as folder:
        path = Path(folder) / "registry.yaml"
        path.write_text(drafted.text)
        said = f"{lacking} one was drafted from it. `fireline registry draft` prints it; correct it and put it there"
        return load_registry(path).registry.judged_by(policy.judgement), (said,)


def _drafted(
    settings: Settings, read: Callable[[Settings, Warehouse, Registry], None], platform: PlatformDescription
) -> DraftRegistry:
    """Dates are read in the zone that the data shows: where that is another than was thought, all is read again."""
    zone, before = platform.timezone or "UTC", ""
    while True:
        registry = Registry(timezone=zone)
        drafted = draft(_facts(settings, read, registry), registry, platform)
        if drafted.zone.name in (zone, before):
            return drafted
        zone, before = drafted.zone.name, zone


def _facts(settings: Settings, read: Callable[[Settings, Warehouse, Registry], None], registry: Registry) -> Facts:
    """What was read into a warehouse that is gone afterwards."""
    with TemporaryDirectory(prefix="fireline-") as home:
        here = settings.model_copy(update={"home": Path(home), "warehouse": "duckdb"})
        with warehouse(here, read_only=False) as opened:
            read(here, opened, registry)
            return opened.processor_facts()
