"""The processors of a world: the platform's known names and its synthetic ones, as the recorded registry lists them."""

from __future__ import annotations

from functools import cache

import yaml

from tests.worlds.model import Processor

SLOTS: dict[str, tuple[float, ...]] = {
    "scrape_pre": (9.75, 12.75, 15.75),
    "scrape_post": (22.75, 24.25, 25.25),
    "post": (14.0, 23.0, 24.5, 25.5),
    "pre": (10.0, 13.0, 16.0),
    "daily": (6.0, 18.0),
    "hourly": tuple(float(hour) for hour in range(8, 24)),
    "roster": (7.5,),
    "p3": (26.0, 26.75),
    "p4": (27.0, 27.75),
    "p5": (38.0, 39.5),
    "grade": (28.2,),
    "p6": (40.5,),
}
SCRAPERS = """
BettingPropsEventsScraper HIGH scrape_pre bettingpros 21
BdlBoxScoreScraper HIGH scrape_post bdl_boxscores 14
SyntheticScraperA MEDIUM scrape_post syn_a 18
SyntheticScraperB LOW scrape_pre syn_b 18
"""
# name, phase, criticality, frequency, source, typical, median seconds
SOURCED = """
GamebookRegistryProcessor 1 MEDIUM post nbac_gamebook 26 33
BdlActivePlayersProcessor 1 MEDIUM daily bdl_players 523 30
BasketballRefRosterProcessor 2 LOW roster br_rosters 30 4
NbacGamebookProcessor 2 CRITICAL post nbac_gamebook 34 52
OddsApiPropsProcessor 2 HIGH hourly odds_props 60 17
EspnBoxscoreProcessor 2 MEDIUM post espn_boxscores 26 24
BdlBoxscoresProcessor 2 CRITICAL post bdl_boxscores 26 30
NbacScheduleProcessor 2 CRITICAL daily nbac_schedule 1230 20
BettingPropsProcessor 2 HIGH pre bettingpros 150 46
OddsGameLinesProcessor 2 HIGH hourly odds_lines 8 12
BdlPlayerStatsProcessor 2 MEDIUM post bdl_stats 26 27
EspnPlayerStatsProcessor 2 LOW post espn_stats 26 27
SyntheticRaw01Processor 2 LOW post syn_a 40 15
SyntheticRaw02Processor 2 LOW pre syn_b 6 21
"""
# name, phase, criticality, frequency, typical, median seconds, dependencies
DERIVED = """
PlayerGameSummaryProcessor 3 HIGH p3 26 240 NbacGamebookProcessor,NbacScheduleProcessor
TeamOffenseGameSummaryProcessor 3 HIGH p3 2 90 NbacGamebookProcessor
SyntheticTeamDefenseProcessor 3 MEDIUM p3 2 80 NbacGamebookProcessor
SyntheticAnalytics01Processor 3 MEDIUM p3 26 120 BdlBoxscoresProcessor
SyntheticAnalytics02Processor 3 MEDIUM p3 26 60 EspnBoxscoreProcessor
SyntheticAnalytics03Processor 3 HIGH p3 4 46 OddsGameLinesProcessor
SyntheticAnalytics04Processor 3 LOW p3 20 70 SyntheticRaw04Processor
PlayerCompositeFactorsProcessor 4 HIGH p4 31 180 PlayerGameSummaryProcessor
SyntheticPrecompute01Processor 4 MEDIUM p4 13 82 PlayerGameSummaryProcessor
SyntheticPrecompute02Processor 4 MEDIUM p4 14 98 TeamOffenseGameSummaryProcessor
SyntheticPrecompute03Processor 4 LOW p4 15 115 SyntheticAnalytics01Processor
SyntheticPrecompute04Processor 4 MEDIUM p4 16 140 SyntheticTeamDefenseProcessor
SyntheticPrecompute05Processor 4 LOW p4 17 155 SyntheticAnalytics02Processor
SyntheticPrecompute06Processor 4 HIGH p4 18 180 SyntheticAnalytics03Processor
PredictionCoordinator 5 CRITICAL p5 140 60 PlayerCompositeFactorsProcessor
SyntheticGrading01Processor 5 MEDIUM grade 120 50 PlayerGameSummaryProcessor
SyntheticGrading02Processor 5 LOW grade 20 42 PlayerGameSummaryProcessor
"""
EXPORTED_FROM = "PTCPCPTCPC"
EXPORTED = {"P": "PlayerGameSummaryProcessor", "T": "TeamOffenseGameSummaryProcessor", "C": "PredictionCoordinator"}
RANKS = ("HIGH", "MEDIUM", "LOW")
SCHEMAS = {1: "ref", 2: "raw", 3: "analytics", 4: "precompute", 5: "predictions", 6: "publish"}
POLLERS = {  # polls a day at volume 1
    "BasketballRefRosterProcessor": 3780,
    "NbacGamebookProcessor": 1400,
    "OddsApiPropsProcessor": 690,
    "EspnBoxscoreProcessor": 500,
    "BdlBoxscoresProcessor": 480,
}


def _table(name: str, phase: int) -> str:
    return f"{SCHEMAS[phase]}.{name.lower().removesuffix('processor').removesuffix('exporter')}"


def _scrapers() -> list[Processor]:
    found = []
    for line in SCRAPERS.split("\n")[1:-1]:
        name, rank, frequency, source, seconds = line.split()
        found.append(
            Processor(name, 1, rank, frequency, SLOTS[frequency], source, None, 0, float(seconds), scraper=True)
        )
    return found


def _sourced() -> list[Processor]:
    lines = [line.split() for line in SOURCED.split("\n")[1:-1]]
    for number in range(3, 17):
        frequency, rank, typical = [
            ("daily", "HIGH", 300), ("post", "MEDIUM", 26), ("post", "LOW", 40), ("hourly", "LOW", 6),
        ][(number - 3) % 4]  # fmt: skip
        seconds = max(24, round(5.5 * number))
        lines.append(
            f"SyntheticRaw{number:02d}Processor 2 {rank} {frequency} src_{number:02d} {typical} {seconds}".split()
        )
    return [
        Processor(
            name, int(phase), rank, frequency, SLOTS[frequency], source, _table(name, int(phase)), int(typical),
            float(seconds), polling=name in POLLERS, per_game=frequency not in ("daily", "roster"),
            sporadic=frequency == "roster",
            fallback_for="NbacGamebookProcessor" if name == "BdlBoxscoresProcessor" else None,
        )
        for name, phase, rank, frequency, source, typical, seconds in lines
    ]  # fmt: skip


def _derived() -> list[Processor]:
    lines = [line.split() for line in DERIVED.split("\n")[1:-1]]
    for number, parent in enumerate(EXPORTED_FROM, 1):
        rank = RANKS[(number + 1) % 3]
        text = f"Synthetic{number:02d}Exporter 6 {rank} p6 {10 + number} {12 + 2 * number} {EXPORTED[parent]}"
        lines.append(text.split())
    return [
        Processor(
            name, int(phase), rank, frequency, SLOTS[frequency], None, _table(name, int(phase)), int(typical),
            float(seconds), depends=tuple(parents.split(",")),
        )
        for name, phase, rank, frequency, typical, seconds, parents in lines
    ]  # fmt: skip


@cache
def fleet() -> dict[str, Processor]:
    """Every processor by name, upstream before downstream."""
    return {one.name: one for one in [*_scrapers(), *_sourced(), *_derived()]}


@cache
def downstream(name: str) -> frozenset[str]:
    """All processors that depend on this one, directly or not."""
    below = {other.name for other in fleet().values() if name in other.depends}
    return frozenset(below.union(*(downstream(child) for child in below))) if below else frozenset()


def registry(processors: list[Processor]) -> str:
    """The registry file of these processors, as YAML."""
    entries = [
        {
            "name": one.name,
            "kind": "scraper" if one.scraper else "processor",
            "phase": one.phase,
            "criticality": one.criticality,
            "dependencies": list(one.depends),
            "dependents": [other.name for other in processors if one.name in other.depends],
            "fallback_for": one.fallback_for,
            "source": one.source,
            "bigquery_table": one.table,
            "expected_frequency": one.frequency,
            "schedule_hours_et": list(one.slots),
            "polling": one.polling,
            "runs_on_no_game_days": one.phase < 3,
            "sla_completion_time": one.sla,
            "timeout_seconds": 1800,
            "sporadic": one.sporadic,
            "expected_records": {"per_game": one.per_game, "typical": one.typical},
        }
        for one in processors
    ]
    document = {"version": "1.0", "timezone": "America/New_York", "processors": entries}
    return yaml.safe_dump(document, sort_keys=False)
