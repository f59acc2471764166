"""The pipeline that the benchmarks watch: 55 processors in six phases, shaped and named like the bundled platform."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.platform.registry import ExpectedRecords, Kind, Processor, Registry


@dataclass(frozen=True)
class Load:
    """How a processor behaves: its weight among all runs, its share of failed runs, its median duration (seconds)."""

    processor: Processor
    weight: float
    failed: float
    median_s: float


POLLERS = (
    ("BasketballRefRosterProcessor", 147_500, 0.977, 3.0),
    ("NbacGamebookProcessor", 54_700, 0.998, 6.0),
    ("OddsApiPropsProcessor", 26_800, 0.915, 11.0),
    ("EspnBoxscoreProcessor", 20_100, 0.991, 5.0),
    ("BdlBoxscoresProcessor", 18_700, 0.990, 4.0),
)
"""Name, runs in 30 days, share of failed runs, median duration: the five that make nearly all runs."""

OTHERS = ((1, "Scraper", 4), (1, "Reference", 2), (2, "Raw", 18), (3, "Analytics", 7), (4, "Precompute", 8))
LATE = ((5, "Grading", 3), (6, "Exporter", 8))
RUNS_OF_ANOTHER = 45
"""Runs of every other processor in 30 days: once or twice a day."""


def loads() -> tuple[Load, ...]:
    """All 55, pollers first."""
    return (*_pollers(), *_others())


def registry() -> Registry:
    return Registry(processors=tuple(load.processor for load in loads()))


def _pollers() -> Iterator[Load]:
    for name, weight, failed, median in POLLERS:
        roster = name.startswith("BasketballRef")
        processor = Processor(
            name=name,
            phase=2,
            polling=True,
            sporadic=roster,
            source=name.removesuffix("Processor").lower(),
            bigquery_table=f"raw.{name.lower()}",
            schedule_hours_et=tuple(range(0, 28, 2)),
            expected_records=ExpectedRecords(per_game=not roster, typical=60),
            timeout_seconds=600,
        )
        yield Load(processor, weight, failed, median)


def _others() -> Iterator[Load]:
    for phase, word, number in (*OTHERS, *LATE):
        for at in range(1, number + 1):
            yield Load(_other(phase, word, at), RUNS_OF_ANOTHER, 0.08, 10.0 * phase + 3 * at)


def _other(phase: int, word: str, at: int) -> Processor:
    name = f"{word}{at:02d}" + ("Scraper" if word == "Scraper" else "Processor")
    upstream = {
        3: "NbacGamebookProcessor",
        4: "Analytics01Processor",
        5: "Precompute01Processor",
        6: "Grading01Processor",
    }
    return Processor(
        name=name,
        phase=phase,
        kind=Kind.SCRAPER if word == "Scraper" else Kind.PROCESSOR,
        dependencies=(upstream[phase],) if phase in upstream else (),
        source=f"source{at % 4}" if phase <= 2 and word != "Reference" else None,
        bigquery_table=None if word in ("Scraper", "Exporter") else f"phase{phase}.{name.lower()}",
        schedule_hours_et=(24.0 + phase, 26.0 + phase),
        expected_records=ExpectedRecords(per_game=at % 3 != 0, typical=80),
        timeout_seconds=1_200,
    )
