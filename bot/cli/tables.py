"""Tables for a terminal: whole names and whole sentences at every width.

Where the columns do not fit, those that can be spared make room; where the rest does not fit, each row is a block.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Generic, Literal, TypeVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.cli.terminal import shown

T = TypeVar("T")
GAP = INDENT = 2
SENTENCE = 44
"""Characters: a narrower column of sentences is hard to read."""
NONE = "-"


@dataclass(frozen=True)
class Column(Generic[T]):
    """What it shows of a row. `spare`: 0 never makes room, higher ones go first. `sentence`: it may wrap."""

    heading: str
    cell: Callable[[T], Text]
    spare: int = 0
    right: bool = False
    sentence: bool = False


def rendered(print_it: Callable[[Console], None], *, width: int, colour: bool) -> str:
    """What is printed on a terminal of that width."""
    written = StringIO()
    print_it(_Terminal(file=written, width=width, force_terminal=colour, highlight=False, markup=False, emoji=False))
    return written.getvalue()


def listing(columns: Sequence[Column[T]], rows: Sequence[T], console: Console) -> RenderableType:
    """Rows as a table if that fits, else a block each; the first column names the row."""
    lines = [[_clean(column.cell(row)) for column in columns] for row in rows]
    widths = [_room(column, [line[at] for line in lines]) for at, column in enumerate(columns)]
    for spared in sorted({0, *(column.spare for column in columns)}, reverse=True):
        shown = [at for at, column in enumerate(columns) if column.spare <= spared]
        if sum(widths[at] for at in shown) + GAP * (len(shown) - 1) <= console.width:
            table = _table([columns[at] for at in shown], [[line[at] for at in shown] for line in lines])
            return Group(table, *_hidden([column for column in columns if column.spare > spared], console))
    return Group(*(text for line in lines for text in _block(columns, line, console)))


def _hidden(columns: Sequence[Column[T]], console: Console) -> Iterator[Text]:
    """Which columns made room."""
    if columns:
        names = ", ".join(column.heading for column in columns)
        yield Text(f"Not shown in {console.width} columns: {names}. A wider terminal or --json has them.", style="dim")


def _room(column: Column[T], cells: Iterable[Text]) -> int:
    """The width that a column needs."""
    widest = max((cell_len(cell.plain) for cell in cells), default=0)
    return max(cell_len(column.heading), min(widest, SENTENCE) if column.sentence else widest)


def _table(columns: Sequence[Column[T]], lines: Sequence[Sequence[Text]]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for column in columns:
        side: Literal["left", "right"] = "right" if column.right else "left"
        if column.sentence:
            table.add_column(column.heading, overflow="fold", min_width=len(column.heading))
        else:
            table.add_column(column.heading, justify=side, no_wrap=True, overflow="fold")
    for line in lines:
        table.add_row(*line)
    return table


def _block(columns: Sequence[Column[T]], cells: Sequence[Text], console: Console) -> Iterator[Text]:
    """The name, then what is short, then each sentence on lines of its own."""
    name, *rest = zip(columns, cells, strict=True)
    known = [(column, cell) for column, cell in rest if cell.plain.strip() not in ("", NONE)]
    short = [Text.assemble((f"{column.heading} ", "dim"), cell) for column, cell in known if not column.sentence]
    yield Text(name[1].plain, style="bold", overflow="fold")
    below = [Text(" · ").join(short)] if short else []
    for text in [*below, *(cell for column, cell in known if column.sentence)]:
        for line in text.wrap(console, max(1, console.width - INDENT), overflow="fold"):
            yield Text(" " * INDENT) + line


def _clean(text: Text) -> Text:
    """The same text with nothing in it that a terminal obeys."""
    clean = shown(text.plain)
    return text if clean == text.plain else Text(clean, style=text.style)


class _Terminal(Console):
    """Shows, in everything that is printed, the control characters of data instead of sending them."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            whole = "\n".join(map(shown, segment.text.split("\n")))
            yield segment if whole == segment.text else Segment(whole, segment.style, segment.control)
