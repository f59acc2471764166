"""Look which raw files are there: the third witness beside the run history and the tables."""

from collections.abc import Iterable
from datetime import date

from bot.domain.errors import BadInput
from bot.domain.evidence.raw_files import RawFile, RawPath
from bot.domain.platform.registry import Processor
from bot.ports.objects import ObjectStore


class RawFileSurvey:
    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def look(self, processor: Processor, dates: Iterable[date]) -> list[RawFile]:
        """The raw files of a processor for each of the dates, as rows of evidence. Raises BadInput where the registry
        does not say where they lie."""
        if processor.raw_path is None or processor.source is None:
            lacking = "raw_path" if processor.raw_path is None else "source"
            raise BadInput(f"{processor.name} has no {lacking} in the registry: where its raw files lie is not known.")
        path = RawPath.parse(processor.raw_path)
        return [
            RawFile(processor.source, day, found.path, found.size_bytes, found.created_at)
            for day in dates
            for found in self._objects.list(path.prefix(day))
            if path.matches(found.path, day)
        ]
