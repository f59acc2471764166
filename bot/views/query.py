"""The SQL behind a number, in a modal."""

from collections.abc import Sequence
from typing import Any

from bot.views.blocks import Block, context, modal, preformatted, section

PIECE = 2_900
"""Characters of SQL in one block: below the limit of a text, https://docs.slack.dev/reference/block-kit/blocks."""


def shown(queries: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """`queries`: (name, SQL) in the order they are asked."""
    blocks: list[Block] = [context("BigQuery SQL, ready for the console. `fireline query NAME` prints it too.")]
    for name, text in queries:
        blocks.append(section(f"*{name}*"))
        blocks += [preformatted(piece) for piece in _pieces(text)]
    return modal("The query", blocks)


def _pieces(text: str) -> list[str]:
    """Whole lines, each piece short enough for one block."""
    pieces = [""]
    for line in text.splitlines():
        for part in [line[at : at + PIECE] for at in range(0, len(line), PIECE)] or [""]:
            if len(pieces[-1]) + len(part) + 1 > PIECE:
                pieces.append("")
            pieces[-1] = f"{pieces[-1]}\n{part}" if pieces[-1] else part
    return [piece for piece in pieces if piece.strip()]
