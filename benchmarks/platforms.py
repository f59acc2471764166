"""Detection on platforms without games. `python -m benchmarks.platforms` writes the first part of PLATFORMS.md."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detection import WorldScore, replayed
from benchmarks.detection_report import Row
from benchmarks.report import table
from tests.platforms.fleets import TABLES
from tests.platforms.model import Options
from tests.platforms.world import make

RESULTS = Path(__file__).with_name("PLATFORMS.md")
COMMAND = "python -m benchmarks.platforms"
WORLDS = (
    ("shop", Options("shop", 101)),
    ("shop without trigger and attempt", Options("shop", 102, without=("trigger", "attempt"))),
    ("bank", Options("bank", 101)),
    ("bank in other words: none", Options("bank", 102, blank=True)),
    ("bank without table loads", Options("bank", 103, without=("table_loads",))),
    ("devices", Options("devices", 101)),
    ("weekly jobs", Options("weekly", 101, days=91)),
    ("weekly jobs without heartbeats", Options("weekly", 102, days=91, without=("last_heartbeat_at",))),
    ("shop, nothing planted", Options("shop", 104, clean=True)),
)
"""Rules were set on seeds below 100; what was seen of these since, PLATFORMS.md says."""
FIGURES = (
    ("recall", "recall", "{:.3f}"),
    ("precision", "precision", "{:.3f}"),
    ("page precision", "page_precision", "{:.3f}"),
    ("false P0", "p0_false", "{}"),
    ("duplicates", "duplicates_per_detected", "{:.3f}"),
    ("p90 (min)", "ttd_p90_min", "{:.0f}"),
)


def measure(only: Sequence[str], later: int) -> list[WorldScore]:
    """Of those platforms; of all where none is named. `later`: added to each seed."""
    scores = []
    for name, usual in WORLDS:
        if only and usual.platform not in only:
            continue
        options = replace(usual, seed=usual.seed + later)
        with TemporaryDirectory(prefix="fireline-platform-") as made:
            folder = Path(made) / "world"
            make(folder, options)
            scores.append(replayed(name, folder))
            print(name, {key: scores[-1].figures.get(key) for _, key, _ in FIGURES}, file=sys.stderr, flush=True)
    return scores


def by_platform(scores: Sequence[WorldScore]) -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for score in scores:
        known = [(score.figures.get(key), form) for _, key, form in FIGURES]
        cells = ["" if value is None or score.clean else form.format(value) for value, form in known]
        rows.append((score.name, f"{score.seconds:.0f}", *cells, str(score.figures.get("false_alarms", ""))))
    return ("platform", "seconds", *(head for head, _, _ in FIGURES), "false alarms"), rows


def by_kind(scores: Sequence[WorldScore]) -> tuple[Row, list[Row]]:
    """Found of all by kind, a column a platform; its variants are counted together."""
    found: Counter[tuple[str, str]] = Counter()
    of: Counter[tuple[str, str]] = Counter()
    for score in scores:
        for kind, share in score.figures.get("recall_by_kind", {}).items():
            hits, every = (int(number) for number in share.split("/"))
            found[kind, _platform(score)] += hits
            of[kind, _platform(score)] += every
    platforms = list(dict.fromkeys(_platform(score) for score in scores))
    rows: list[Row] = []
    for kind in sorted({kind for kind, _ in of}):
        cells = [f"{found[kind, each]} of {of[kind, each]}" if of[kind, each] else "" for each in platforms]
        rows.append((kind, *cells))
    return ("kind", *platforms), rows


def written(scores: Sequence[WorldScore], given: Sequence[str], before: str) -> str:
    """What was measured, in place of what stood `before` above the first heading of another measurement."""
    generator = "[the generator of other platforms](../tests/platforms), which shares nothing with what is judged"
    said = f"Made by `{' '.join([COMMAND, *given])}`, from {generator}."
    parts = ("# Detection on other platforms", said, table(*by_platform(scores)), table(*by_kind(scores)))
    return "\n\n".join(parts) + "\n" + "".join("\n## " + part for part in before.split("\n## ")[1:])


def _platform(score: WorldScore) -> str:
    return score.name.split()[0].rstrip(",")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "platforms", nargs="*", metavar="PLATFORM", help=f"{', '.join(TABLES)}; all where none is named"
    )
    parser.add_argument("--later", type=int, default=0, help="added to each seed, for worlds that nobody has seen")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.platforms) - set(TABLES)):
        parser.error(f"no platform is called {' or '.join(unknown)}: name some of {', '.join(TABLES)}")
    before = given.out.read_text() if given.out.is_file() else ""
    given.out.write_text(written(measure(given.platforms, given.later), arguments, before))


if __name__ == "__main__":
    main(sys.argv[1:])
