"""The SQL behind a number, in a modal."""

from collections.abc import Sequence
from typing import Any

from bot.ports.warehouse import AskedQuery
from bot.views.blocks import Block, context, modal, preformatted, section
from bot.views.text import escape

PIECE = 2_900
"""Characters of SQL in one block: below the limit of a text, https://docs.slack.dev/reference/block-kit/blocks."""


TITLE = "The query"


def loading() -> dict[str, Any]:
    return modal(TITLE, [context("The warehouse is asked …")])


def failed(reason: str) -> dict[str, Any]:
    return modal(TITLE, [section(escape(reason))])


def shown(queries: Sequence[AskedQuery]) -> dict[str, Any]:
    """In the order they are asked."""
    blocks: list[Block] = [context("Runs as it is in a console of the warehouse. `fireline query NAME` prints one.")]
    for query in queries:
        blocks.append(section(f"*{query.name}*"))
        blocks += [preformatted(piece) for piece in _pieces(query.sql)]
    return modal(TITLE, blocks)


def _pieces(text: str) -> list[str]:
    """Whole lines, each piece short enough for one block."""
    pieces = [""]
    for line in text.splitlines():
        for part in [line[at : at + PIECE] for at in range(0, len(line), PIECE)] or [""]:
            if len(pieces[-1]) + len(part) + 1 > PIECE:
                pieces.append("")
            pieces[-1] = f"{pieces[-1]}\n{part}" if pieces[-1] else part
    return [piece for piece in pieces if piece.strip()]
