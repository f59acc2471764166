"""Detection on platforms without games. `python -m benchmarks.platforms` writes PLATFORMS.md."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detection import WorldScore, replayed
from benchmarks.detection_report import Row
from benchmarks.report import table
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
"""Seeds on which nothing was tuned: rules were set on seeds below 100."""
FIGURES = (
    ("recall", "recall", "{:.3f}"),
    ("precision", "precision", "{:.3f}"),
    ("page precision", "page_precision", "{:.3f}"),
    ("false P0", "p0_false", "{}"),
    ("duplicates", "duplicates_per_detected", "{:.3f}"),
    ("p90 (min)", "ttd_p90_min", "{:.0f}"),
)


def measure(only: Sequence[str]) -> list[WorldScore]:
    """Of those platforms; of all where none is named."""
    scores = []
    for name, options in WORLDS:
        if only and options.platform not in only:
            continue
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


def written(scores: Sequence[WorldScore], only: Sequence[str]) -> str:
    generator = "[the generator of other platforms](../tests/platforms), which shares nothing with what is judged"
    said = f"Made by `{' '.join([COMMAND, *only])}`, from {generator}."
    parts = ("# Detection on other platforms", said, table(*by_platform(scores)), table(*by_kind(scores)))
    return "\n\n".join(parts) + "\n"


def _platform(score: WorldScore) -> str:
    return score.name.split()[0].rstrip(",")


if __name__ == "__main__":
    RESULTS.write_text(written(measure(sys.argv[1:]), sys.argv[1:]))
