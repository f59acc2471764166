"""The composition root of `fireline init`: one read of a whole history, and the registry that is drafted from it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.clock import system_clock
from bot.config.settings import Settings
from bot.domain.platform.described import PlatformDescription
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.platform.registry import Registry
from bot.opening import warehouse
from bot.services.registry_draft import DraftRegistry, draft
from bot.services.sources import SourcesService, SyncReport
from bot.source_adapters import connected_sources


def first_draft(settings: Settings, folder: Path, platform: PlatformDescription) -> tuple[DraftRegistry, SyncReport]:
    """A registry drafted from all that the source in `folder` brings. Dates are read in the zone that the data shows:
    where that is another than was thought, everything is read again.
    """
    zone, before = platform.timezone or "UTC", ""
    while True:
        report, facts = _first_read(settings, folder, Registry(timezone=zone))
        drafted = draft(facts, Registry(timezone=zone), platform)
        if drafted.zone.name in (zone, before):
            return drafted, report
        zone, before = drafted.zone.name, zone


def _first_read(settings: Settings, folder: Path, registry: Registry) -> tuple[SyncReport, list[ProcessorFacts]]:
    """Into a warehouse that is gone afterwards."""
    with TemporaryDirectory(prefix="fireline-") as home:
        here = settings.model_copy(update={"config": folder, "home": Path(home), "warehouse": "duckdb"})
        with warehouse(here, read_only=False) as opened:
            connected = connected_sources(here, lambda: registry)
            service = SourcesService(opened, connected, lambda: registry, system_clock)
            try:
                return service.sync(connected[0].plan.name), opened.processor_facts()
            finally:
                service.close()
