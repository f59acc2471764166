"""A scraper feeds the processors that read its raw files, whether or not the registry lists it as their dependency."""

from bot.domain.platform.registry import Kind, Processor, Registry


def linked_by_source(registry: Registry) -> Registry:
    """The registry with each scraper among the dependencies of the processors of its source.

    Only scrapers without dependencies of their own are linked: nothing can come to depend on itself by that.
    """
    scrapers: dict[str, list[str]] = {}
    for processor in registry.processors:
        if processor.kind is Kind.SCRAPER and processor.source is not None and not processor.dependencies:
            scrapers.setdefault(processor.source, []).append(processor.name)
    if not scrapers:
        return registry
    linked = tuple(_linked(processor, scrapers) for processor in registry.processors)
    return registry.with_processors(linked)


def _linked(processor: Processor, scrapers: dict[str, list[str]]) -> Processor:
    if processor.kind is Kind.SCRAPER or processor.source is None:
        return processor
    added = [name for name in scrapers.get(processor.source, ()) if name not in processor.dependencies]
    if not added:
        return processor
    return processor.model_copy(update={"dependencies": (*processor.dependencies, *added)})
