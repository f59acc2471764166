"""How well failures are classified: `python -m tests.independent.report` prints the table for every recorded world."""

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path

from tests.independent.scoring import CATEGORIES, Reword, Scored, accuracy, precision, recall, score, silenced_faults
from tests.independent.wordings import paraphrase
from tests.support.replay_worlds import WORLDS


def blank(_text: str) -> None:
    """As histories are whose writers record no text."""


VARIANTS: dict[str, Reword | None] = {
    "error texts as recorded": None,
    "every error text blanked": blank,
    "error texts in other words": paraphrase,
}


def pooled(worlds: Sequence[Path]) -> dict[str, Scored]:
    """Each variant over all worlds: one world is one sample of what a rule meets."""
    by_world = [score(world, list(VARIANTS.values())) for world in worlds]
    return {name: reduce(add, samples) for name, samples in zip(VARIANTS, zip(*by_world, strict=True), strict=True)}


def main() -> None:
    for name, scored in pooled(WORLDS).items():
        print(f"\n## {name} ({', '.join(world.name for world in WORLDS)})\n")
        print("\n".join(table(scored)))


def table(scored: Scored) -> list[str]:
    """Markdown: recall and precision of each true category, over runs without a usable category and over all."""
    lines = [
        "| true category | legacy runs | recall | precision | all runs | recall | precision |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for category in CATEGORIES:
        cells = [_cells(pairs, category) for pairs in (scored.legacy, scored.all_rows)]
        if any(cell for cell, *_ in cells):
            lines.append(f"| {category} | {' | '.join(text for row in cells for text in map(_shown, row))} |")
    for label, pairs in (("legacy", scored.legacy), ("all", scored.all_rows)):
        confused = Counter({pair: runs for pair, runs in pairs.items() if pair[0] != pair[1]})
        shown = (
            ", ".join(f"{true} taken for {found} {runs:,}" for (true, found), runs in confused.most_common(5)) or "none"
        )
        lines.append(
            f"\n{label}: {accuracy(pairs):.4f} right;"
            f" faults taken for no data: {silenced_faults(pairs):,}; confused: {shown}"
        )
    return lines


def _cells(pairs: Counter[tuple[str, str]], category: str) -> tuple[int, float | None, float | None]:
    runs = sum(runs for (true, found), runs in pairs.items() if category in (true, found))
    true = sum(runs for (truth, _), runs in pairs.items() if truth == category)
    return (true or runs, recall(pairs, category), precision(pairs, category))


def _shown(value: float | None) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "-" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
