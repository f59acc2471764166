"""How soon incidents are seen, taken and ended, as a small table."""

from collections.abc import Sequence

from bot.domain.counts import plural
from bot.domain.incidents.figures import Figures, Spread
from bot.views import numbers
from bot.views.blocks import Card, context, preformatted, section

HEAD = ("", "episodes", "detected (MTTD)", "acknowledged (MTTA)", "resolved (MTTR)")
NOTE = (
    "Median / 90th percentile, and how many are known. Detected counts from when the trouble began, the others from "
    "when people were told."
)


def table(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """A row a severity."""
    return [
        (
            each.severity.value,
            f"{each.episodes:,}",
            *map(_spread, (each.to_detect, each.to_acknowledge, each.to_resolve)),
        )
        for each in found
    ]


def card(found: Sequence[Figures], days: int) -> Card:
    title = f"Incidents of the last {plural(days, 'day')}"
    if not found:
        said = f"{title}: none."
        return Card(said, (section(said),))
    lines = text(found)
    return Card(
        "\n".join([title, *lines, NOTE]), (section(f"*{title}*"), preformatted("\n".join(lines)), context(NOTE))
    )


def text(found: Sequence[Figures]) -> list[str]:
    """Its lines in one width."""
    rows = [HEAD, *table(found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _spread(spread: Spread) -> str:
    if spread.median is None or spread.p90 is None:
        return numbers.NOTHING
    return f"{numbers.span(spread.median)} / {numbers.span(spread.p90)} ({spread.count:,})"
