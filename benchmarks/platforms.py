"""Detection on platforms without games. `python -m benchmarks.platforms` writes its part of RESULTS.md."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detection import WorldScore, replayed
from tests.platforms.model import Options
from tests.platforms.world import make

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD, NEXT = "## Detection on other platforms", "\n## "
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


def by_platform(scores: Sequence[WorldScore]) -> list[str]:
    lines = [_row(["platform", "seconds", *(head for head, _, _ in FIGURES), "false alarms"]), _row(["---"] * 9)]
    for score in scores:
        known = [(score.figures.get(key), form) for _, key, form in FIGURES]
        cells = ["" if value is None or score.clean else form.format(value) for value, form in known]
        lines.append(_row([score.name, f"{score.seconds:.0f}", *cells, str(score.figures.get("false_alarms", ""))]))
    return lines


def by_kind(scores: Sequence[WorldScore]) -> list[str]:
    """Found of all by kind, a column a platform; its variants are counted together."""
    found: Counter[tuple[str, str]] = Counter()
    of: Counter[tuple[str, str]] = Counter()
    for score in scores:
        for kind, share in score.figures.get("recall_by_kind", {}).items():
            hits, every = (int(number) for number in share.split("/"))
            found[kind, score.name.split()[0]] += hits
            of[kind, score.name.split()[0]] += every
    platforms = list(dict.fromkeys(score.name.split()[0].rstrip(",") for score in scores))
    lines = [_row(["kind", *platforms]), _row(["---"] * (len(platforms) + 1))]
    for kind in sorted({kind for kind, _ in of}):
        cells = [f"{found[kind, each]} of {of[kind, each]}" if of[kind, each] else "" for each in platforms]
        lines.append(_row([kind, *cells]))
    return lines


def section(scores: Sequence[WorldScore], only: Sequence[str]) -> str:
    generator = "[the generator of other platforms](../tests/platforms), which shares nothing with what is judged"
    said = f"Made by `{' '.join([COMMAND, *only])}`, from {generator}."
    return "\n".join([HEAD, "", said, "", *by_platform(scores), "", *by_kind(scores), ""])


def put_into(text: str, part: str) -> str:
    """The results with this part in the place of the one before, or at their end."""
    begin = text.find(HEAD)
    if begin < 0:
        return text.rstrip("\n") + "\n\n" + part
    end = text.find(NEXT, begin)
    return text[:begin] + part + (text[end:] if end >= 0 else "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    RESULTS.write_text(put_into(RESULTS.read_text(), section(measure(sys.argv[1:]), sys.argv[1:])))
